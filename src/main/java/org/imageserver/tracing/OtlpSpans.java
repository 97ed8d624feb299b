package org.imageserver.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends spans to a collector of OpenTelemetry, in batches, by a thread of its own. When the collector is slow or down, spans
 * are dropped and the server goes on. Names are those of OpenTelemetry's conventions for HTTP. Thread-safe.
 */
public final class OtlpSpans implements Spans {
    private static final long LAST_SECONDS = 5;

    private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<Long> RECEIVED = AttributeKey.longKey("http.request.body.size");
    private static final AttributeKey<Long> SENT = AttributeKey.longKey("http.response.body.size");
    private static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> ID = AttributeKey.stringKey("req_id");

    private static final int FIRST_OF_OUR_FAULTS = 500;

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /**
     * Makes a sender.
     *
     * @param collector its address, to which the path of the protocol is added
     * @param version of this server
     */
    public OtlpSpans(URI collector, String version) {
        ExporterLog.takeOver();
        String address = collector.toString().replaceAll("/+$", "") + "/v1/traces";
        // Tried once: what is dropped is missed by nobody, but a stop must not wait for it.
        OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(address)
                .setRetryPolicy(null)
                .build();
        Resource server = Resource.getDefault()
                .merge(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "image-server",
                        AttributeKey.stringKey("service.version"),
                        version)));
        provider = SdkTracerProvider.builder()
                .setResource(server)
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build();
        tracer = provider.get("org.imageserver");
    }

    @Override
    public void served(Served request) {
        SpanBuilder builder = tracer.spanBuilder(request.template()
                        .map(template -> request.method() + " " + template)
                        .orElse(request.method()))
                .setSpanKind(SpanKind.SERVER)
                .setParent(parent(request))
                .setStartTimestamp(request.begun())
                .setAttribute(METHOD, request.method())
                .setAttribute(STATUS, (long) request.status())
                .setAttribute(RECEIVED, request.received())
                .setAttribute(SENT, request.sent())
                .setAttribute(CLIENT, request.client())
                .setAttribute(ID, request.id());
        request.template().ifPresent(template -> builder.setAttribute(ROUTE, template));
        Span span = builder.startSpan();
        if (request.status() >= FIRST_OF_OUR_FAULTS) {
            span.setStatus(StatusCode.ERROR).setAttribute(ERROR, Integer.toString(request.status()));
        } else if (!request.isComplete()) {
            span.setAttribute(ERROR, "client went away");
        }
        span.end(request.begun().plus(request.took()));
    }

    private static Context parent(Served request) {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), request, new Header());
    }

    private static final class Header implements TextMapGetter<Served> {
        @Override
        public Iterable<String> keys(Served request) {
            return List.of("traceparent");
        }

        @Override
        public @Nullable String get(@Nullable Served request, String name) {
            return request != null && name.equals("traceparent")
                    ? request.parent().orElse(null)
                    : null;
        }
    }

    @Override
    public void close() {
        provider.shutdown().join(LAST_SECONDS, TimeUnit.SECONDS);
    }
}
