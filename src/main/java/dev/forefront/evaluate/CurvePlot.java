package dev.forefront.evaluate;

import dev.forefront.evaluate.Curve.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One chart of a run's curves. The lines stretch with the page; the words do not. */
final class CurvePlot {

  private static final int MOST_POINTS = 300;
  private static final int HEIGHT = 200;

  private final List<Curve> curves;
  private final double fromStep;
  private final double toStep;
  private final List<Double> ticks;

  private CurvePlot(List<Curve> curves) {
    this.curves = curves.stream().map(curve -> curve.thinned(MOST_POINTS)).toList();
    List<Point> all = this.curves.stream().flatMap(curve -> curve.points().stream()).toList();
    fromStep = all.stream().mapToDouble(Point::step).min().orElse(0);
    toStep = Math.max(fromStep + 1, all.stream().mapToDouble(Point::step).max().orElse(1));
    double low = all.stream().mapToDouble(Point::value).min().orElse(0);
    double high = all.stream().mapToDouble(Point::value).max().orElse(1);
    ticks = ticks(low, high);
  }

  static void write(Html page, String stage, List<Curve> curves) {
    new CurvePlot(curves).draw(page, stage);
  }

  /** Round numbers, three to seven of them, that cover low to high. */
  static List<Double> ticks(double low, double high) {
    double range = Math.max(high - low, 1e-9);
    double rough = range / 4;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double ratio = rough / power;
    double step = power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
    List<Double> ticks = new ArrayList<>();
    long first = (long) Math.floor(low / step);
    long last = (long) Math.ceil(high / step);
    for (long tick = first; tick <= Math.max(last, first + 1); tick++) {
      ticks.add(tick * step);
    }
    return ticks;
  }

  /** As many places as tell neighbouring ticks apart, and no more. */
  static String label(double tick, double step) {
    int places = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%,." + places + "f", tick);
  }

  private void draw(Html page, String stage) {
    page.raw("<figure class=\"chart\">\n<figcaption>").text(stage);
    for (int at = 0; at < curves.size(); at++) {
      page.raw(" <span class=\"key k" + at % 4 + "\">").text(curves.get(at).name()).raw("</span>");
    }
    page.raw("</figcaption>\n<div class=\"plot\">\n<div class=\"y\" aria-hidden=\"true\">");
    for (double tick : ticks.reversed()) {
      page.element("span", "", label(tick, ticks.get(1) - ticks.get(0)));
    }
    page.raw("</div>\n<svg role=\"img\" viewBox=\"0 0 1000 " + HEIGHT + "\" preserveAspectRatio");
    page.raw("=\"none\" aria-label=\"").text(label(stage)).raw("\">\n");
    for (double tick : ticks) {
      String y = number(y(tick));
      page.raw("<line class=\"grid\" x1=\"0\" x2=\"1000\" y1=\"" + y + "\" y2=\"" + y + "\"/>");
    }
    for (int at = 0; at < curves.size(); at++) {
      page.raw("\n<polyline class=\"line k" + at % 4 + "\" points=\"");
      curves
          .get(at)
          .points()
          .forEach(point -> page.raw(x(point) + "," + number(y(point.value())) + " "));
      page.raw("\"/>");
    }
    page.raw("\n</svg>\n<div class=\"x\" aria-hidden=\"true\">");
    page.element("span", "", String.format(Locale.ROOT, "step %,.0f", fromStep));
    page.element("span", "", String.format(Locale.ROOT, "%,.0f", toStep));
    page.raw("</div>\n</div>\n</figure>\n");
  }

  private String label(String stage) {
    List<String> ends = new ArrayList<>();
    for (Curve curve : curves) {
      if (!curve.points().isEmpty()) {
        ends.add(
            "%s from %s to %s"
                .formatted(
                    curve.name(),
                    Figures.number(curve.points().getFirst().value()),
                    Figures.number(curve.points().getLast().value())));
      }
    }
    return stage + ": " + String.join("; ", ends);
  }

  private String x(Point point) {
    return number(1000 * (point.step() - fromStep) / (toStep - fromStep));
  }

  private double y(double value) {
    double low = ticks.getFirst();
    double high = ticks.getLast();
    return HEIGHT * (high - value) / (high - low);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
