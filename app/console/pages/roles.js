// Roles stand beside the keys that act with them.

export { render, title } from "./keys.js";
