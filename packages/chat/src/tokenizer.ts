export { createTokenizer, type EncodeOptions, type Tokenizer, type TokenizerSource } from "./tokenizer/tokenizer.ts";
export type { TokenStream, TokenStreamOptions } from "./tokenizer/token-stream.ts";
export { encodePrompt, type EncodedPrompt, type EncodePromptOptions } from "./tokenizer/encode-prompt.ts";
export { countTokens } from "./tokenizer/count-tokens.ts";
