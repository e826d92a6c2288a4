#include "reports/page.h"

#include <fmt/format.h>

#include "reports/sha256.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

// The palette is Okabe and Ito's, which people with any colour vision tell apart; each colour only
// repeats what a word, an icon or a pattern says.
constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1a1a1a;--dim:#595959;--line:#c8c8c8;--box:#f4f4f2;
--mark:#fff3cd;--blue:#0072b2;--sky:#56b4e9;--orange:#e69f00;--red:#d55e00;--green:#009e73;
--pink:#cc79a7;--yellow:#f0e442;--onblue:#fff;--bad:#a34400}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#16181b;--fg:#ececec;
--dim:#b0b0b0;--line:#4a4d52;--box:#212429;--mark:#4a3d10;--blue:#4ba6dd;--onblue:#000;
--bad:#ff9a5c}}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark;--bg:#16181b;--fg:#ececec;--dim:#b0b0b0;--line:#4a4d52;
--box:#212429;--mark:#4a3d10;--blue:#4ba6dd;--onblue:#000;--bad:#ff9a5c}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);
font:16px/1.5 system-ui,"Liberation Sans",sans-serif}
main{max-width:76rem;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;margin:.3rem 0;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2rem 0 .6rem;border-bottom:1px solid var(--line)}
h3{font-size:1.02rem;margin:1.2rem 0 .3rem;overflow-wrap:anywhere}
code,pre,.mono{font-family:ui-monospace,"Liberation Mono",monospace;font-size:.9em}
a{color:var(--blue)}
.strip{border-left:.6rem solid var(--dim);background:var(--box);padding:.7rem 1rem}
.strip+.strip{margin-top:.8rem}
.badge{font-weight:700;white-space:nowrap}
.badge span{display:inline-block;min-width:1.4em;text-align:center;border-radius:.2em;
margin-right:.35em;border:2px solid currentColor}
.violation,.crash{border-left-color:var(--red)}
.liveness,.nondeterminism{border-left-color:var(--orange)}
.infrastructure,.indeterminate{border-left-color:var(--yellow)}
.pass{border-left-color:var(--green)}
.violation .badge,.crash .badge{color:var(--bad)}
.lead{font-size:1.15rem;margin:.4rem 0 .7rem;max-width:62rem;overflow-wrap:anywhere}
.theme{position:absolute;top:.5rem;right:.5rem;font-size:.8rem}
@media (max-width:50rem){.theme{position:static;display:block;margin:.4rem .4rem 0 auto}}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(30rem,100%),1fr));
gap:0 2rem;align-items:start}
.columns>*{min-width:0}
#checks table,#keys table{width:auto;min-width:40%}
#findings td{overflow-wrap:break-word}
.hero{max-height:none;background:var(--box);padding:.5rem}
.hero svg{max-width:100%;min-width:50rem;height:auto}
.proof{background:var(--box);padding:.6rem .9rem;margin:0;list-style:none;overflow-wrap:anywhere;
font-family:ui-monospace,"Liberation Mono",monospace;font-size:.9rem}
.proof li{padding-left:6ch;text-indent:-6ch;white-space:pre-wrap}
.word pre{background:var(--box);padding:.5rem .9rem;white-space:pre-wrap;overflow-wrap:anywhere}
article:target{outline:2px solid var(--blue);outline-offset:.4rem}
dl.facts{display:flex;flex-wrap:wrap;gap:.2rem 1.6rem;margin:.5rem 0}
dl.facts div{min-width:6rem}
dt{color:var(--dim);font-size:.82rem}
dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow:auto;max-height:36rem;border:1px solid var(--line)}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;width:100%}
caption{text-align:left;color:var(--dim);padding:.2rem .4rem}
th,td{text-align:left;padding:.14rem .5rem;border-bottom:1px solid var(--line);vertical-align:top;
overflow-wrap:anywhere}
th{overflow-wrap:normal;position:sticky;top:0;background:var(--box)}
.n{text-align:right;white-space:nowrap}
tr.hit td{background:var(--mark)}
tr.in td:first-child{border-left:4px solid var(--orange)}
tr:target td{outline:2px solid var(--blue)}
.command{display:flex;gap:.5rem;align-items:flex-start;margin:.4rem 0}
.command pre{flex:1;margin:0;padding:.5rem .7rem;background:var(--box);border:1px solid var(--line);
white-space:pre-wrap;overflow-wrap:anywhere}
button,input{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--dim);
border-radius:.25rem;padding:.2rem .7rem;min-height:1.9rem}
input{width:min(30rem,100%);margin:.3rem 0}
:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
.banner{border:2px dashed var(--orange);background:var(--mark);padding:.5rem .8rem;margin:.7rem 0}
.dim{color:var(--dim)}
.nowrap{white-space:nowrap}
[hidden]{display:none!important}
svg{display:block;font-family:system-ui,"Liberation Sans",sans-serif;font-size:12px}
svg text{fill:var(--fg)}
svg .inside{fill:var(--onblue)}
svg .over{paint-order:stroke;stroke:var(--bg);stroke-width:3px}
svg .beside{font-weight:700;paint-order:stroke;stroke:var(--bg);stroke-width:4px}
svg .witness-mark{fill:var(--red)}
svg .hatching{stroke:var(--orange)}
svg .client{stroke:var(--blue)}
svg .small{font-size:11px;fill:var(--dim)}
svg .rule{stroke:var(--line);fill:none}
svg .window{fill:none;stroke:var(--fg);stroke-width:1.5;stroke-dasharray:6 3}
svg .ok{fill:var(--blue);stroke:var(--blue)}
svg .fail{fill:none;stroke:var(--dim);stroke-width:1.5}
svg .unknown{fill:url(#hatch-unknown);stroke:var(--orange);stroke-width:1.2}
svg .open{stroke:var(--orange);stroke-width:1.5;stroke-dasharray:3 3;fill:none}
svg .witness{stroke:var(--red);stroke-width:3}
svg .edge{stroke:var(--fg);fill:none;stroke-width:1.2}
svg .head{fill:var(--fg)}
svg .label{font-size:13px}
svg .broken{stroke:var(--red);stroke-width:3}
svg .broken-label{font-size:13px;font-weight:700;fill:var(--bad)}
svg .told{fill:var(--blue)}
svg .untold{fill:url(#hatch-unknown);stroke:var(--orange);stroke-width:.8}
svg .many-ok{stroke:var(--blue);stroke-width:6}
svg .many-fail{stroke:var(--dim);stroke-width:2}
svg .many-unknown{stroke:var(--orange);stroke-width:6;stroke-dasharray:2 1}
svg .network{stroke:var(--pink)}svg .process{stroke:var(--red)}
svg .disk{stroke:var(--green)}svg .clock{stroke:var(--sky)}svg .other{stroke:var(--dim)}
svg pattern path{fill:none;stroke-width:1.3}
svg .band{stroke-width:0;opacity:.3}
svg .faultbar{stroke-width:1.3}
@media (prefers-reduced-motion:reduce){*{scroll-behavior:auto!important;
transition:none!important}}
@media print{:root,:root[data-theme=dark],:root:not([data-theme=light]){color-scheme:light;
--bg:#fff;--fg:#1a1a1a;--dim:#595959;--line:#c8c8c8;--box:#f4f4f2;--mark:#fff3cd;--blue:#0072b2;
--onblue:#fff;--bad:#a34400}
section{break-inside:auto}h2,h3{break-after:avoid}svg{max-width:100%;height:auto}
.scroll{max-height:none;overflow:visible}
button,input{display:none}}
)css";

// Nothing here is needed to read the page. The clipboard may be closed to a page from file://, so
// the fallback selects the command and asks the browser to copy the selection.
constexpr std::string_view kScript = R"js(
"use strict";
const all=(selector,root=document)=>Array.from(root.querySelectorAll(selector));
all("[data-script]").forEach(element=>{element.hidden=false;});
const say=text=>{document.getElementById("said").textContent=text;};
function copySelected(node){
  const range=document.createRange();range.selectNodeContents(node);
  const selection=window.getSelection();selection.removeAllRanges();selection.addRange(range);
  return document.execCommand("copy");
}
all("button.copy").forEach(button=>button.addEventListener("click",async()=>{
  const source=button.parentElement.querySelector("code");
  let done=false;
  try{await navigator.clipboard.writeText(source.textContent);done=true;}
  catch(refused){done=copySelected(source);}
  button.textContent=done?"copied":"selected: press Ctrl+C";
  say(done?"Command copied":"Command selected");
}));
all("input.filter").forEach(input=>input.addEventListener("input",()=>{
  const words=input.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows=all("tbody tr",document.getElementById(input.dataset.table));
  let shown=0;
  rows.forEach(row=>{
    const text=row.textContent.toLowerCase();
    const keep=words.every(word=>text.includes(word));
    row.hidden=!keep;if(keep)shown+=1;
  });
  say(shown+" of "+rows.length+" rows");
}));
const theme=document.getElementById("theme");
const dark=()=>{
  const chosen=document.documentElement.dataset.theme;
  return chosen?chosen==="dark":window.matchMedia("(prefers-color-scheme: dark)").matches;
};
const nameTheme=()=>{theme.textContent=dark()?"☀ light":"☾ dark";};
theme.addEventListener("click",()=>{
  document.documentElement.dataset.theme=dark()?"light":"dark";nameTheme();
});
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change",nameTheme);
nameTheme();
window.addEventListener("beforeprint",()=>all("details").forEach(part=>{part.open=true;}));
all("[data-zoom]").forEach(box=>{
  const svg=box.parentElement.querySelector("svg");
  const wide=svg.width.baseVal.value,high=svg.height.baseVal.value;
  let scale=1;
  all("button",box).forEach(button=>button.addEventListener("click",()=>{
    const factor=Number(button.dataset.factor);
    scale=factor===0?1:Math.min(8,Math.max(0.25,scale*factor));
    svg.setAttribute("width",wide*scale);svg.setAttribute("height",high*scale);
    say("Zoom "+Math.round(scale*100)+" %");
  }));
});
)js";

std::string policy() {
  return fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; "
      "base-uri 'none'; form-action 'none'",
      sha256_base64(kStyle), sha256_base64(kScript));
}

std::string identifier(std::string_view caption) {
  std::string id = "t";
  for (const char c : caption) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    id += letter ? c : '-';
  }
  return id;
}

std::string copied_box(std::string_view html) {
  return fmt::format(
      "<div class=\"command\"><pre><code>{}</code></pre>"
      "<button type=\"button\" class=\"copy\" data-script hidden>copy</button></div>\n",
      html);
}

}  // namespace

std::string_view page_script() { return kScript; }
std::string_view page_style() { return kStyle; }

std::string whole_page(std::string_view title, std::string_view body_html) {
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>",
      policy(), markup(title));
  out += kStyle;
  out +=
      "</style>\n</head>\n<body>\n<button type=\"button\" id=\"theme\" class=\"theme\" "
      "data-script hidden>dark</button>\n<main>\n";
  out += body_html;
  out += "</main>\n<p id=\"said\" class=\"dim\" role=\"status\"></p>\n<script>";
  out += kScript;
  out += "</script>\n</body>\n</html>\n";
  return out;
}

std::string verdict_badge(SeedVerdict verdict) {
  const VerdictLook& look = look_of(verdict);
  return badge(look.icon, look.word);
}

std::string badge(std::string_view icon, std::string_view word) {
  return fmt::format("<span class=\"badge\"><span aria-hidden=\"true\">{}</span>{}</span>", icon,
                     word);
}

std::string section(std::string_view id, std::string_view heading, std::string_view html) {
  return fmt::format("<section id=\"{0}\" aria-labelledby=\"h-{0}\">\n<h2 id=\"h-{0}\">{1}</h2>\n",
                     id, markup(heading)) +
         std::string(html) + "</section>\n";
}

std::string command_box(std::string_view command) {
  return command.empty() ? "" : copied_box(markup(command));
}

std::string preformatted_box(std::string_view text) { return copied_box(markup_lines(text)); }

std::string banner(std::string_view text) {
  return fmt::format("<p class=\"banner\" role=\"note\"><b aria-hidden=\"true\">⚠</b> {}</p>\n",
                     markup(text));
}

std::string fact(std::string_view name, std::string_view value) {
  if (value.empty()) return "";
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", markup(name), markup(value));
}

Table::Table(std::string_view caption, std::vector<Column> columns, Filter filter)
    : columns_(std::move(columns)) {
  // Only a filter must name its table; captions may come twice.
  std::string id;
  if (filter == Filter::kBox) {
    id = fmt::format(" id=\"{}\"", identifier(caption));
    html_ += fmt::format(
        "<p data-script hidden><label>Show rows that contain: <input class=\"filter\" "
        "data-table=\"{}\" type=\"search\" spellcheck=\"false\"></label></p>\n",
        identifier(caption));
  }
  html_ += fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table{1}>"
      "<caption>{0}</caption>\n<thead><tr>",
      markup(caption), id);
  for (const Column& column : columns_) {
    html_ += fmt::format("<th scope=\"col\"{}>{}", column.is_number ? " class=\"n\"" : "",
                         markup(column.heading));
  }
  html_ += "</thead>\n<tbody>\n";
}

Table& Table::row(const std::vector<std::string>& cells_html, std::string_view css_class,
                  std::string_view id) {
  html_ += "<tr";
  if (!css_class.empty()) html_ += fmt::format(" class=\"{}\"", css_class);
  if (!id.empty()) html_ += fmt::format(" id=\"{}\"", id);
  html_ += '>';
  for (std::size_t i = 0; i < cells_html.size(); ++i) {
    html_ += i < columns_.size() && columns_[i].is_number ? "<td class=\"n\">" : "<td>";
    html_ += cells_html[i];
  }
  html_ += '\n';
  return *this;
}

std::string Table::finish() && { return std::move(html_ += "</tbody></table></div>\n"); }

}  // namespace plumbline::reports
