/** Loaded into npm by bootstrap.mjs: packages are judged by the Node that will run them. */
const value = process.env.CONCLAVE_NODE_VERSION;
if (value) Object.defineProperty(process, 'version', { value });
