import { constrain, getFormat } from "@glossa/core";

const { structuralTag, coverage } = constrain(getFormat("qwen3_coder"), {
  tools: [
    {
      name: "get_weather",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  ],
  toolChoice: "required",
});

// vLLM takes it with a request; SGLang and xgrammar know the same JSON.
console.log({ structured_outputs: { structural_tag: JSON.stringify(structuralTag) } });
console.log(coverage);
