// Reads a JSON list of header values, and prints what the npm package
// structured-headers makes of each as a list: a list of [value, {parameters}].
// It stands in the folder where the package is installed.
import { parseList, Token } from "structured-headers";

const plain = (value) =>
  value instanceof Token ? { token: value.toString() } : value;
const item = ([value, parameters]) => [
  plain(value),
  Object.fromEntries([...parameters].map(([key, v]) => [key, plain(v)])),
];
let text = "";
for await (const piece of process.stdin) text += piece;
console.log(JSON.stringify(JSON.parse(text).map((line) =>
  parseList(line).map(item))));
