package org.imageserver.http.web;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Sha1;
import org.imageserver.http.Body;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** New images as an Atom feed (RFC 4287). */
final class Feed {
    /** The media type of a feed. */
    static final String TYPE = "application/atom+xml";

    /** More than a reader that looks once a day misses. */
    private static final int ENTRIES = 50;

    private final XMLStreamWriter xml;
    private final String origin;

    private Feed(XMLStreamWriter xml, String origin) {
        this.xml = xml;
        this.origin = origin;
    }

    /**
     * A feed.
     *
     * @param title for people
     * @param page that shows the same to people
     * @param newestFirst the images; only the first of them are told
     */
    static Reply of(Request request, String title, String page, List<Image> newestFirst) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new Feed(xml, Frame.origin(request)).write(request.target(), title, page, newestFirst);
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("cannot fail on text in memory", e);
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        return new Reply.Content(
                200,
                TYPE + "; charset=utf-8",
                Body.of(bytes),
                Sha1.hex(bytes),
                Map.of("Cache-Control", "no-cache", "X-Content-Type-Options", "nosniff"));
    }

    private void write(String target, String title, String page, List<Image> images) throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("feed");
        xml.writeDefaultNamespace("http://www.w3.org/2005/Atom");
        element("title", title);
        element("id", origin + target);
        element(
                "updated",
                images.stream()
                        .findFirst()
                        .map(Image::published)
                        .orElse(Instant.EPOCH)
                        .toString());
        link("self", target, TYPE, Optional.empty());
        link("alternate", page, "text/html", Optional.empty());
        xml.writeStartElement("author");
        element("name", origin);
        xml.writeEndElement();
        for (Image image : images.subList(0, Math.min(ENTRIES, images.size()))) {
            entry(image);
        }
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void entry(Image image) throws XMLStreamException {
        xml.writeStartElement("entry");
        element("title", image.name() + " " + image.version());
        element("id", "urn:uuid:" + image.uuid());
        element("published", image.published().toString());
        element("updated", image.published().toString());
        link("alternate", Address.ofImage(image.uuid()), "text/html", Optional.empty());
        if (image.file().isPresent()) {
            link(
                    "enclosure",
                    Address.ofApi(image, "/file"),
                    "application/octet-stream",
                    Optional.of(image.file().get().size()));
        }
        for (String term : List.of(image.os(), image.type())) {
            if (!term.isEmpty()) {
                xml.writeEmptyElement("category");
                xml.writeAttribute("term", XmlText.of(term));
            }
        }
        element("summary", image.description());
        xml.writeEndElement();
    }

    private void element(String name, String text) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(XmlText.of(text));
        xml.writeEndElement();
    }

    private void link(String relation, String target, String type, Optional<Long> length) throws XMLStreamException {
        xml.writeEmptyElement("link");
        xml.writeAttribute("rel", relation);
        xml.writeAttribute("href", XmlText.of(origin + target));
        xml.writeAttribute("type", type);
        if (length.isPresent()) {
            xml.writeAttribute("length", length.get().toString());
        }
    }
}
