// Graphs in the language of Graphviz come in, drawings go out; a NUL stands between two.
import { readFileSync } from "node:fs";
import { instance } from "@viz-js/viz";

const viz = await instance();
const graphs = readFileSync(0, "utf8").split("\0");
process.stdout.write(graphs.map((graph) => viz.renderString(graph, { format: "svg" })).join("\0"));
