package org.imageserver.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.imageserver.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a connection ends, where Vert.x knows too little of what goes on: it takes a slow download for an idle
 * connection, leaves a client unanswered that has closed its sending side, and cuts off a client that is still sending
 * when it is refused, which then never reads the refusal. And counts the bytes that are really sent, while they are.
 * Confined to the connection's event loop.
 */
// What Netty's futures tell is the end of the connection, and channelInactive tells that too.
@SuppressWarnings("FutureReturnValueIgnored")
final class ConnectionWatch extends ChannelDuplexHandler {
    /** A client that takes no byte of its answer is given more time than one that is silent: it may be writing to disk. */
    private static final int PATIENCE = 10;

    /** Long enough to read a refusal, short enough that refusals cost nothing. */
    private static final Duration LINGER = Duration.ofSeconds(2);

    private final long idleNanos;
    private final Statistics statistics;
    private @Nullable Future<?> timer;
    private long lastEvent = System.nanoTime();
    private long lastProgress;

    /** Requests whose answer is not out yet. */
    private int unanswered;

    /** Whether the client has yet to send the rest of a request. */
    private boolean isReceiving;

    private boolean isBroken;
    private boolean hasClientFinished;
    private boolean isLingering;

    private ConnectionWatch(Duration idle, Statistics statistics) {
        this.idleNanos = idle.toNanos();
        this.statistics = statistics;
    }

    /** Watches a new connection. */
    static void over(HttpConnection connection, Duration idle, Statistics statistics) {
        ChannelHandlerContext vertx = ((HttpServerConnection) connection).channelHandlerContext();
        vertx.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        vertx.pipeline().addBefore(vertx.name(), "watch", new ConnectionWatch(idle, statistics));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        look(ctx, idleNanos);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (timer != null) {
            timer.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    private void look(ChannelHandlerContext ctx, long delayNanos) {
        timer = ctx.executor().schedule(() -> checkIdle(ctx), Math.max(delayNanos, 1), TimeUnit.NANOSECONDS);
    }

    private void checkIdle(ChannelHandlerContext ctx) {
        long now = System.nanoTime();
        ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        long left = idleNanos - (now - lastEvent);
        if (outbound != null && !outbound.isEmpty()) {
            long progress = outbound.totalPendingWriteBytes() * 31 + outbound.currentProgress();
            if (progress != lastProgress) {
                lastProgress = progress;
                lastEvent = now;
            }
            left = PATIENCE * idleNanos - (now - lastEvent);
        } else if (isServersTurn(ctx)) {
            left = idleNanos;
        }
        if (left <= 0) {
            ctx.close();
        } else {
            look(ctx, Math.min(left, idleNanos));
        }
    }

    /** The answer is being prepared, or the server does not want to read on at the moment. */
    private boolean isServersTurn(ChannelHandlerContext ctx) {
        return unanswered > 0 && (!isReceiving || !ctx.channel().config().isAutoRead());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastEvent = System.nanoTime();
        if (isLingering) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest request) {
            unanswered++;
            isReceiving = true;
            refuseUnknownVersion(request);
            refuseUnknownCoding(request);
        }
        if (message instanceof HttpObject part) {
            isBroken |= part.decoderResult().isFailure();
            isReceiving &= !(part instanceof LastHttpContent);
        }
        ctx.fireChannelRead(message);
    }

    /** Vert.x answers these itself, without a body. */
    private static void refuseUnknownVersion(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        if (request.decoderResult().isSuccess()
                && !version.equals(HttpVersion.HTTP_1_1)
                && !version.equals(HttpVersion.HTTP_1_0)) {
            request.setDecoderResult(DecoderResult.failure(new MalformedRequest.UnknownVersion(version.text())));
        }
    }

    /** Where the body ends nobody knows then, and what is in it must not be taken for the next request (RFC 9112, 6.1). */
    private static void refuseUnknownCoding(HttpRequest request) {
        List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (request.decoderResult().isSuccess()
                && !codings.isEmpty()
                && !(codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst()))) {
            request.setDecoderResult(DecoderResult.failure(new MalformedRequest.UnknownCoding()));
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof HttpContent content) {
            statistics.sent(content.content().readableBytes());
        } else if (message instanceof FileRegion region) {
            // Vert.x sends a file a megabyte at a time, and only what is out was sent.
            ctx.write(message, promise.unvoid()).addListener(written -> statistics.sent(region.transferred()));
            return;
        }
        boolean isInterim = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (message instanceof LastHttpContent && !isInterim) {
            ctx.write(message, promise.unvoid()).addListener(written -> answered(ctx));
        } else {
            ctx.write(message, promise);
        }
    }

    private void answered(ChannelHandlerContext ctx) {
        lastEvent = System.nanoTime();
        unanswered--;
        if (hasClientFinished && unanswered == 0) {
            ctx.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            hasClientFinished = true;
            // A request whose rest will never come has nobody to answer, and must not wait to be found idle.
            if (isLingering || isReceiving || unanswered == 0) {
                ctx.close();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    /** A socket that is closed with bytes unread resets the connection, and the client loses what it has not read. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        boolean isSending = (isBroken || isReceiving) && !hasClientFinished;
        if (!isSending || !ctx.channel().isActive()) {
            ctx.close(promise);
            return;
        }
        ctx.channel().closeFuture().addListener(closed -> promise.trySuccess());
        if (!isLingering) {
            isLingering = true;
            ctx.channel().config().setAutoRead(true);
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(flushed -> ((DuplexChannel) ctx.channel()).shutdownOutput());
            ctx.executor().schedule(() -> ctx.close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
