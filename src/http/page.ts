import { createHash } from 'node:crypto'
import type { FastifyPluginCallback } from 'fastify'

/** GET /: the status as a page that refreshes itself. Texts go in as text, never as HTML. */
export const page: FastifyPluginCallback = (app, _, done) => {
  app.get('/', (_, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', POLICY)
      .header('cache-control', 'no-store')
      .send(PAGE),
  )
  done()
}

const STYLE = `:root{color-scheme:light dark;font:15px/1.5 system-ui,sans-serif}body{max-width:46rem;margin:3rem auto;padding:0 1rem}
h1{font-size:1.3rem;margin:0}h2{font-size:.8rem;margin:2rem 0 .4rem;opacity:.65;text-transform:uppercase;letter-spacing:.08em}
table{border-collapse:collapse;width:100%}td{padding:.15rem 1rem .15rem 0;vertical-align:top}td:last-child{text-align:right;white-space:nowrap;padding:.15rem 0}
article{border-left:3px solid #c60;padding:.1rem 0 .1rem .8rem;margin:.8rem 0}article.blocking{border-color:#d33}p{margin:0}
code{font:13px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}.soft{opacity:.65}progress{width:8rem}`

const SCRIPT = `const $=(name,text,...inside)=>{const node=document.createElement(name);if(text!==undefined)node.textContent=text;node.append(...inside);return node}
const row=(...cells)=>$('tr',undefined,...cells.map(cell=>cell instanceof Node?$('td',undefined,cell):$('td',cell)))
const part=(title,nodes)=>nodes.length?[$('h2',title),...nodes]:[]
const table=rows=>rows.length?[$('table',undefined,...rows)]:[]
const bar=percent=>{const node=$('progress');node.max=100;node.value=percent;return node}
const size=bytes=>{let unit=0;while(bytes>=1024&&unit<4){bytes/=1024;unit++}return bytes.toFixed(unit&&bytes<10?1:0)+' '+['B','KiB','MiB','GiB','TiB'][unit]}
const left=ms=>{const s=Math.ceil(ms/1000);return (s<60?s+' s':s<3600?Math.floor(s/60)+' min '+s%60+' s':Math.floor(s/3600)+' h '+Math.floor(s%3600/60)+' min')+' left'}
const far=({percent,bytes,files,leftMs,paused})=>[paused?'paused (SIGCONT goes on)':'',percent+' %',bytes?.total?size(bytes.done)+' of '+size(bytes.total):'',files?.total?files.done+' of '+files.total+' files':'',leftMs===undefined?'':left(leftMs)].filter(Boolean).join(', ')
const working=each=>{const words=$('small',far(each));words.className='soft';return row($('div',each.title,$('br'),words),bar(each.percent))}
const took=({state,ms})=>ms===undefined?state:state+', '+(ms<1000?ms+' ms':(ms/1000).toFixed(1)+' s')
const link=([,url])=>{const to=new URL(url);if(to.hostname==='127.0.0.1')to.hostname=location.hostname;const node=$('a',to.href);node.href=to.href;return node}
const problem=each=>{const node=$('article',undefined,$('p',each.what),$('p',each.why),$('code',each.remedy),$('p',each.code));node.className=each.level;node.lastChild.className='soft';return node}
function show(s){document.title=s.phase+' · comfy-init';document.querySelector('h1').textContent='ComfyUI is '+s.phase
document.querySelector('#about').textContent='instance '+s.instance+' · comfy-init '+s.version+' · since '+new Date(s.startedAt).toLocaleString()
document.querySelector('main').replaceChildren(...part('Problems',s.problems.map(problem)),
...part('Services',table(s.services.map(each=>row(each.name,each.why??'',each.state+(each.restarts?', restarts: '+each.restarts:''))))),
...part('Steps',table(s.steps.map(each=>each.state==='working'&&each.percent!==undefined?working(each):row(each.title,took(each))))),
...part('Addresses',table(Object.entries(s.addresses).map(each=>row(each[0],link(each))))))}
const {fetch:ask,setTimeout:after}=window
async function refresh(){try{show(await(await ask('status')).json())}catch{document.querySelector('h1').textContent='comfy-init does not answer'}
after(refresh,2000)}
refresh()`

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>comfy-init</title><style>${STYLE}</style>
<h1>Looking…</h1><p id="about" class="soft"></p><main></main><noscript>The same as JSON: <a href="status">/status</a></noscript>
<script>${SCRIPT}</script></html>
`

const hashOf = (inline: string) => `'sha256-${createHash('sha256').update(inline).digest('base64')}'`

const POLICY = `default-src 'none'; connect-src 'self'; style-src ${hashOf(STYLE)}; script-src ${hashOf(SCRIPT)}; frame-ancestors 'self'`
