package org.imageserver.browser;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Small pictures for sample images: a white shape on a colour that follows from the name. */
final class SampleIcon {
    private static final int SIZE = 128;

    private SampleIcon() {}

    /** A PNG of this shape. */
    static byte[] png(String shape, String name) throws IOException {
        BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_ARGB);
        Graphics2D pen = picture.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setColor(Color.getHSBColor(Math.floorMod(name.hashCode(), 360) / 360f, 0.62f, 0.68f));
        pen.fill(new RoundRectangle2D.Double(0, 0, SIZE, SIZE, 36, 36));
        pen.setColor(Color.WHITE);
        pen.fill(shape(shape));
        pen.dispose();
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(picture, "png", png);
        return png.toByteArray();
    }

    private static Shape shape(String name) {
        return switch (name) {
            case "diamond" -> polygon(4, 42, 0);
            case "triangle" -> polygon(3, 44, Math.PI / 6);
            case "hexagon" -> ring(polygon(6, 44, Math.PI / 6), polygon(6, 22, Math.PI / 6));
            case "circle" -> ring(circle(64, 64, 42), circle(64, 64, 20));
            case "swirl" -> ring(circle(64, 64, 42), circle(74, 58, 28));
            case "wheel" -> wheel();
            case "cylinder" -> cylinder();
            case "layers" -> layers();
            default -> throw new IllegalArgumentException("no shape " + name);
        };
    }

    private static Polygon polygon(int corners, double radius, double turn) {
        Polygon polygon = new Polygon();
        for (int i = 0; i < corners; i++) {
            double angle = turn + 2 * Math.PI * i / corners;
            polygon.addPoint((int) Math.round(SIZE / 2.0 + radius * Math.cos(angle)), (int)
                    Math.round(SIZE / 2.0 + radius * Math.sin(angle)));
        }
        return polygon;
    }

    private static Shape circle(double x, double y, double radius) {
        return new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius);
    }

    private static Shape ring(Shape outside, Shape inside) {
        Area ring = new Area(outside);
        ring.subtract(new Area(inside));
        return ring;
    }

    private static Shape wheel() {
        Area wheel = new Area(circle(64, 64, 32));
        for (int i = 0; i < 4; i++) {
            Shape tooth = new RoundRectangle2D.Double(55, 20, 18, 88, 8, 8);
            wheel.add(new Area(
                    AffineTransform.getRotateInstance(i * Math.PI / 4, 64, 64).createTransformedShape(tooth)));
        }
        wheel.subtract(new Area(circle(64, 64, 14)));
        return wheel;
    }

    private static Shape cylinder() {
        Area cylinder = new Area(new Rectangle2D.Double(30, 38, 68, 56));
        cylinder.add(new Area(new Ellipse2D.Double(30, 24, 68, 28)));
        cylinder.add(new Area(new Ellipse2D.Double(30, 80, 68, 28)));
        for (int y : new int[] {44, 66}) {
            Area gap = new Area(new Ellipse2D.Double(30, y, 68, 26));
            gap.subtract(new Area(new Ellipse2D.Double(30, y - 6.0, 68, 26)));
            cylinder.subtract(gap);
        }
        return cylinder;
    }

    private static Shape layers() {
        Area layers = new Area();
        for (int i = 2; i >= 0; i--) {
            AffineTransform place = AffineTransform.getTranslateInstance(64, 44 + i * 20.0);
            place.scale(1, 0.5);
            place.rotate(Math.PI / 4);
            Shape sheet = new Rectangle2D.Double(-34, -34, 68, 68);
            Shape gap = new Rectangle2D.Double(-42, -42, 84, 84);
            layers.subtract(new Area(place.createTransformedShape(gap)));
            layers.add(new Area(place.createTransformedShape(sheet)));
        }
        return layers;
    }
}
