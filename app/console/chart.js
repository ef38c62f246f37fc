// Lines over time, as SVG.

import { h, svg } from "./dom.js";

const WIDTH = 320;
const HEIGHT = 90;

function top(series) {
    const values = series.flatMap((s) => s.points.map((p) => p.value));
    const most = Math.max(0, ...values.filter((v) => v !== null));
    if (most === 0)
        return 1;
    const step = 10 ** Math.floor(Math.log10(most));
    return Math.ceil(most / step) * step;
}

function path(points, place) {
    let pen = "M";
    let text = "";
    for (const point of points) {
        if (point.value === null) {
            pen = "M";
            continue;
        }
        const [x, y] = place(point);
        text += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
        pen = "L";
    }
    return text;
}

// Where a value stands between the bottom, 0, and the top, 1. With a lowest
// value the scale is logarithmic: what is small is seen beside what is great.
function scale(series, { most, low }) {
    const high = most || top(series);
    if (low === undefined)
        return { high, at: (value) => value / high };
    const end = Math.max(low * 10, 10 ** Math.ceil(Math.log10(high)));
    return { high: end, at: (value) => Math.log(Math.max(value, low) / low)
        / Math.log(end / low) };
}

// series: [{ name, points: [{ at, value }], show(value) }], at: 0 to 1.
export function chart(title, series, { most, low, show }) {
    const { high, at } = scale(series, { most, low });
    const place = (p) => [p.at * WIDTH, HEIGHT - at(p.value) * HEIGHT];
    const said = series.map((s) => {
        const last = s.points.at(-1);
        return [s.name, last && last.value !== null
            ? show(last.value) : "–"];
    });
    return h("figure", { class: "chart card" },
        h("figcaption", {}, h("h2", {}, title),
            h("p", { class: "now" }, said.map(([name, value], i) => h(
                "span", { class: `mark s${i}` }, series.length > 1
                    && `${name} `, h("b", {}, value))))),
        svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
            preserveAspectRatio: "none",
            "aria-label": `${title}, last 15 minutes; now `
                + said.map((s) => s.join(" ")).join(", ") },
        [0.25, 0.5, 0.75, 1].map((part) => svg("line", { class: "grid",
            x1: 0, x2: WIDTH, y1: HEIGHT * part - 0.5,
            y2: HEIGHT * part - 0.5 })),
        series.map((s, i) => svg("path", { class: `curve s${i}`,
            d: path(s.points, place), fill: "none" }))),
        h("p", { class: "axis" }, h("span", {}, "15 min ago"),
            h("span", {}, low === undefined ? `top: ${show(high)}`
                : `${show(low)} to ${show(high)}, logarithmic`),
            h("span", {}, "now")));
}
