package org.imageserver.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.DelegatingSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.spi.tls.DefaultSslContextFactory;
import io.vertx.core.spi.tls.SslContextFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.imageserver.tls.Challenges;

/**
 * Java's TLS, and where it is wanted a protocol more: an authority that looks whether a host name leads here (RFC 8737)
 * says so where others choose their version of HTTP, and speaks nothing after the handshake. Immutable.
 */
final class TlsEngines extends JdkSSLEngineOptions {
    private final boolean showChallenges;

    /**
     * Makes a choice.
     *
     * @param showChallenges whether an authority looks by TLS
     */
    TlsEngines(boolean showChallenges) {
        this.showChallenges = showChallenges;
    }

    @Override
    public TlsEngines copy() {
        return this;
    }

    @Override
    public SslContextFactory sslContextFactory() {
        return showChallenges ? new Factory() : super.sslContextFactory();
    }

    private static final class Factory extends DefaultSslContextFactory {
        Factory() {
            super(SslProvider.JDK, false);
        }

        @Override
        public SslContextFactory applicationProtocols(List<String> protocols) {
            List<String> all = new ArrayList<>(protocols);
            all.add(Challenges.PROTOCOL);
            return super.applicationProtocols(all);
        }

        @Override
        public SslContext create() throws SSLException {
            return new EndingAfterChallenge(super.create());
        }
    }

    private static final class EndingAfterChallenge extends DelegatingSslContext {
        EndingAfterChallenge(SslContext context) {
            super(context);
        }

        @Override
        protected void initEngine(SSLEngine engine) {
            // As it is.
        }

        @Override
        // What becomes of the handshake is told to whoever asks; nobody waits for this.
        @SuppressWarnings("FutureReturnValueIgnored")
        protected void initHandler(SslHandler handler) {
            handler.handshakeFuture().addListener((Future<Channel> done) -> {
                if (done.isSuccess() && Challenges.PROTOCOL.equals(handler.applicationProtocol())) {
                    end(done.getNow().pipeline(), handler);
                }
            });
        }

        /** Vert.x knows no such protocol, and must not hear that the handshake is over. */
        @SuppressWarnings("FutureReturnValueIgnored")
        private static void end(ChannelPipeline pipeline, SslHandler handler) {
            while (!handler.equals(pipeline.last())) {
                pipeline.removeLast();
            }
            pipeline.close();
        }
    }
}
