import { test } from "vitest";
import { formats, render, parse, parseStructuralTag } from "@glossa/core";
import { constrain } from "/work/main/packages/core/src/constrain/constrain.ts";
import { compileGrammar } from "@glossa/grammar";
const tools=[{name:"get_weather",parameters:{type:"object",properties:{city:{type:"string"},days:{type:"integer"}},required:["city"],additionalProperties:false}},{name:"get_time",parameters:{type:"object",properties:{tz:{type:"string"}}}}] as any;
const rng=(seed:number)=>()=>{ seed|=0; seed=seed+0x6D2B79F5|0; let t=Math.imul(seed^seed>>>15,1|seed); t=t+Math.imul(t^t>>>7,61|t)^t; return ((t^t>>>14)>>>0)/4294967296; };
test("x",()=>{
 for(const f of formats) for(const strict of [false,true]) for(const toolChoice of ["required","auto",{name:"get_weather"}] as const) for(const parallel of [true,false]) for(const reasoning of f.reasoning?["off","optional","forced","open"] as const:["off"] as const){
  const label=[f.name,strict,JSON.stringify(toolChoice),parallel,reasoning].join(" ");
  try{
   const ts=tools.map((t:any)=>({...t,strict}));
   const {structuralTag}=constrain(f,{tools:ts,toolChoice,parallelToolCalls:parallel,reasoning});
   parseStructuralTag(structuralTag);
   const g=compileGrammar(structuralTag!);
   const parts:any[]=[];
   const W={type:"call",id:"abc123XYZ",name:"get_weather",arguments:'{"city": "Paris", "days": 3}',status:"complete"};
   const T={type:"call",id:"abc123XYZ",name:"get_time",arguments:'{"tz": "CET"}',status:"complete"};
   const R={type:"reasoning",text:"User wants the weather."};
   const X={type:"text",text:"Checking."};
   const distinct=/^(llama3_json|functionary_v3_1|pythonic)$/.test(f.name);
   for(const r of reasoning==="off"?[0]:reasoning==="optional"?[0,1]:[1]) for(const x of toolChoice!=="auto"&&distinct?[0]:[0,1]) for(const n of parallel&&typeof toolChoice==="string"?[1,2]:[1]){
     const parts=[...(r?[R]:[]),...(x?[X]:[]),...[W,T].slice(0,n)] as any;
     let text=render(f,{parts},{tools});
     if(reasoning==="open"){ const open=render(f,{parts:[R as any]}).split("User")[0]!; text=text.slice(open.length); }
     if(!g.accepts(text)) console.log("REFUSED",label,JSON.stringify(text),JSON.stringify(g.explain(text)).slice(0,300));
   }
   for(let i=0;i<20;i++){
     const s=g.generate(rng(i*7919+1));
     const prompt= reasoning==="open"? f.turn[0]+ render(f,{parts:[R as any]}).split("User")[0]! : f.turn[0]!;
     const {parts,events}=parse(f,s,{tools,prompt});
     const bad=parts.some((p:any)=>p.type==="call"&&(p.status!=="complete"||!tools.some((t:any)=>t.name===p.name)));
     const dia=events.filter((e:any)=>e.type==="diagnostic");
     const calls=parts.filter((p:any)=>p.type==="call").length;
     if(bad|| (toolChoice!=="auto"&&calls===0)|| (!parallel&&calls>1)) { console.log("BADPARSE",label,JSON.stringify(s).slice(0,400),JSON.stringify(parts).slice(0,400)); break;}
     if(dia.length){ console.log("DIAG",label,JSON.stringify(s).slice(0,300),JSON.stringify(dia).slice(0,300)); break;}
   }
  }catch(e:any){ console.log("ERR",label,e.name,e.message.slice(0,200)); }
 }
},600000);
