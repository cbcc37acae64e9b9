/**
 * One engine in a process of its own, so that its memory is its own and it can die: takes jobs, answers with CPU times.
 * `glossa` or `xgrammar`, then the tokenizer file and the end token.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { compileTokenGrammar, tokenizerVocabulary, warmUp } from "@glossa/grammar";

/** The package is a script that says it is a module: run as what it is. */
function loadPeer() {
  const require = createRequire(import.meta.url);
  const script = readFileSync(require.resolve("@mlc-ai/web-xgrammar"), "utf8");
  const module = { exports: {} };
  new Function("module", "exports", "require", "__dirname", "__filename", script)(
    module,
    module.exports,
    require,
    "",
    "",
  );
  return module.exports;
}

const [engine, file, endToken] = process.argv.slice(2);
let tokenizer = JSON.parse(readFileSync(file, "utf8"));

/** Microseconds of CPU, whatever else the machine does. */
function cpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function glossa() {
  const vocabulary = tokenizerVocabulary(tokenizer, { endTokens: [endToken] });
  warmUp(vocabulary);
  return async (input, anyOrder) => {
    const grammar =
      "jsonSchema" in input
        ? compileTokenGrammar(input, vocabulary, { anyOrder, maxWhitespace: 0 })
        : compileTokenGrammar(input, vocabulary);
    return {
      matcher: () => {
        const matcher = grammar.matcher();
        return { mask: () => matcher.mask(), accept: (id) => matcher.accept(id), free: () => {} };
      },
      free: () => {},
    };
  };
}

async function peer() {
  const xgrammar = loadPeer();
  const { added_tokens: added, model } = tokenizer;
  const tokens = [];
  for (const token in model.vocab) tokens[model.vocab[token]] = token;
  for (const { id, content } of added) tokens[id] = content;
  const end = added.find(({ content }) => content === endToken).id;
  const type = model.byte_fallback ? "byte_fallback" : "byte_level";
  const info = await xgrammar.TokenizerInfo.createTokenizerInfo(
    Array.from(tokens, (token) => token ?? ""),
    type,
    false,
    tokens.length,
    [end],
  );
  const compiler = await xgrammar.GrammarCompiler.createGrammarCompiler(info, false);
  return async (input) => {
    const grammar =
      "jsonSchema" in input
        ? await compiler.compileJSONSchema(JSON.stringify(input.jsonSchema), false, -1, [",", ":"], false)
        : await compiler.compileStructuralTag(input);
    return {
      matcher: async () => {
        const matcher = await xgrammar.GrammarMatcher.createGrammarMatcher(grammar);
        return {
          mask: () => matcher.getNextTokenBitmask(),
          accept: (id) => matcher.acceptToken(id),
          free: () => matcher.dispose(),
        };
      },
      free: () => grammar.dispose(),
    };
  };
}

const compile = engine === "glossa" ? await glossa() : await peer();
tokenizer = undefined;
process.send({ ready: true });

/** What is held on to, in bytes: the heap and what lies outside it, WebAssembly's memory included. */
function held() {
  // The memory of arrays that one collection finds dead counts until the next.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

process.on("message", async (message) => {
  if (message.held) process.send({ held: held() });
  else process.send(await run(message));
});

async function run({ input, texts, anyOrder = false, keep = false }) {
  const answer = { masks: [], accepts: [], accept: 0, tokens: 0, rejected: 0, kept: [] };
  try {
    const start = cpu();
    const grammar = await compile(input, anyOrder);
    answer.compile = cpu() - start;
    for (const ids of texts) {
      const matcher = await grammar.matcher();
      let isRejected = false;
      for (const id of ids) {
        const before = cpu();
        const mask = await matcher.mask();
        answer.masks.push(cpu() - before);
        if (keep) answer.kept.push(Buffer.from(mask.buffer.slice(0, mask.byteLength)).toString("base64"));
        if (((mask[id >> 5] >>> (id & 31)) & 1) === 0 || !matcher.accept(id)) {
          isRejected = true;
          break;
        }
      }
      if (isRejected) answer.rejected++;
      matcher.free();
      // Alone a token is too fast for the clock.
      const again = await grammar.matcher();
      const before = cpu();
      for (const id of ids) if (!again.accept(id)) break;
      const taken = cpu() - before;
      answer.accept += taken;
      answer.accepts.push(taken / ids.length);
      answer.tokens += ids.length;
      again.free();
    }
    grammar.free();
  } catch (error) {
    answer.refused = String(error?.message ?? error).slice(0, 200);
  }
  answer.peak = process.resourceUsage().maxRSS * 1024;
  return answer;
}
