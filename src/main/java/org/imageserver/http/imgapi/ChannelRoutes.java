package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.ConfiguredChannels;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Target;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.JsonBody;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.manifest.Violation;

/** ListChannels and ChannelAddImage, which only are there where channels are configured. */
final class ChannelRoutes {
    private final Catalogue catalogue;

    ChannelRoutes(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** The routes; {@code action=channel-add} is of {@link ImgapiWrites}. */
    List<Route> routes() {
        if (!catalogue.channels().areUsed()) {
            return List.of();
        }
        Doc doc = new Doc("IMGAPI", "Lists the channels.", List.of(), Reply.JSON, List.of(ErrorCode.InvalidVersion));
        return List.of(Route.get("/channels", "ListChannels", doc, request -> {
            ApiVersion.check(request);
            return list();
        }));
    }

    private Reply list() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (ConfiguredChannels.Channel channel : catalogue.channels().all()) {
            ObjectNode shown = list.addObject().put("name", channel.name()).put("description", channel.description());
            if (channel.isDefault()) {
                shown.put("default", true);
            }
        }
        return Reply.json(Body.of(list.toString()), null);
    }

    /** ChannelAddImage: the query's channel is where the image is, the body's where it is to be too. */
    Image add(Request request, Target target) throws IOException {
        if (!catalogue.channels().areUsed()) {
            throw ImgapiWrites.notAnAction("channel-add");
        }
        JsonNode channel = JsonBody.object(request).path("channel");
        if (!channel.isTextual()) {
            throw new ApiException(
                    ErrorCode.InvalidParameter,
                    "missing \"channel\" in the body: the name of the channel that the image comes into",
                    List.of(new Violation("channel", Violation.MISSING_PARAMETER, null)));
        }
        request.audit().into(channel.textValue());
        return catalogue.editor().addChannel(target, channel.textValue());
    }
}
