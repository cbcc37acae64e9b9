import { test } from "vitest"; import { readFileSync } from "node:fs"; import { compileGrammar } from "@glossa/grammar";
import { getFormat, render, parse, parseStructuralTag } from "@glossa/core"; import { constrain } from "../src/constrain/constrain.ts";
const lines=readFileSync("/work/shared/data/json_schemas/schemas.jsonl","utf8").trim().split("\n").map(l=>JSON.parse(l));
test("x",()=>{
 const count:any={}; const inc=(k:string,ex?:string)=>{ (count[k]??={n:0,ex:[]}).n++; if(ex&&count[k].ex.length<2) count[k].ex.push(ex); };
 for(const [i,c] of lines.entries()){ const schema=c.schema; if(typeof schema==="object"&&schema.type&&schema.type!=="object") continue;
  const tools=[{name:"f",parameters:schema}] as any;
  for(const n of ["hermes","qwen3_coder","deepseek_v32","pythonic","gemma4"]){ const f=getFormat(n); let tag;
   try{ tag=constrain(f,{tools,toolChoice:{name:"f"},reasoning:"off"}).structuralTag; parseStructuralTag(tag); }catch(e:any){ inc(n+" "+e.name+" "+(e.reason??e.message).replace(/"[^"]*"/g,"…").slice(0,90), e.message.slice(0,200)); continue; }
   let g; try{ g=compileGrammar(tag!);}catch(e:any){ inc(n+" G:"+e.message.replace(/^\S+/,"").slice(0,50)); continue; }
   inc(n+" compiled");
   for(const t of (c.tests??c.instances??[])){ const data=t.data??t.instance??t; const valid=t.valid; if(typeof data!=="object"||data===null||Array.isArray(data)) continue;
     let text; try{ text=render(f,{parts:[{type:"call",id:"",name:"f",arguments:JSON.stringify(data),status:"complete"}]},{tools}); }catch(e:any){ inc(n+" render error",e.message.slice(0,200)); continue; }
     inc(n+" "+(valid?"valid":"invalid")+(g.accepts(text)?" accepted":" refused"), valid===false&&g.accepts(text)?c.id+" "+text.slice(0,300):undefined);
   }
   for(let s=0;s<2;s++){ let seed=s*77+i; let sent; try{ sent=g.generate(()=>{ seed=(seed*1103515245+12345)&0x7fffffff; return seed/0x7fffffff; }); }catch(e:any){inc(n+" gen "+e.message.slice(0,50));continue;} const p=parse(f,sent,{tools}).parts.filter((x:any)=>x.type==="call") as any[]; const bad=p.length!==1||p[0].status!=="complete"; inc(n+(bad?" GENBAD":" gen ok"), bad?JSON.stringify(sent).slice(0,300)+JSON.stringify(p).slice(0,300):undefined);
    if(!bad && n!=="hermes"){ try{ const ok=compileGrammar({jsonSchema:schema},{anyOrder:true,maxWhitespace:16,lenient:true} as any).accepts(p[0].arguments.replace(/": /g,'":').replace(/, "/g,',"')); inc(n+" gen valid "+ok, ok?undefined:c.id+" "+p[0].arguments.slice(0,300)); }catch(e:any){ inc(n+" check "+e.message.replace(/^\S+/,"").slice(0,40)); } } }
  } }
 for(const k of Object.keys(count).sort()) console.log(k,count[k].n, count[k].ex.join("\n      "));
},600000);
