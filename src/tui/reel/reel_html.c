/*
 * reel_html.c - a film as one HTML page: the rows as SVG, when they are shown as data, and a player for both.
 *
 * The page loads nothing, so it works from a disk, in a mail, without a network.
 */
#include "tui/reel/reel.h"

#include <string.h>

static const char style[] =
    "*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--text);font:15px/1.4 system-ui,sans-serif;"
    "display:flex;flex-direction:column;height:100vh;height:100dvh}"
    "h1{font-size:1em;margin:.5em .8em;font-weight:600}"
    "#screen{flex:1;min-height:0;width:100%}"
    "#bar{display:flex;flex-wrap:wrap;gap:.5em;align-items:center;padding:.5em .8em}"
    "#track{flex:1;min-width:12em;position:relative;padding-bottom:12px}#at{width:100%;margin:0;display:block}"
    "#marks button{position:absolute;bottom:0;width:10px;height:10px;margin-left:-5px;padding:0;border:0;"
    "border-radius:5px;background:var(--mark);cursor:pointer}"
    "button,select{font:inherit;color:inherit;background:var(--key);border:1px solid var(--line);border-radius:4px;"
    "padding:.15em .6em;cursor:pointer}:focus-visible{outline:2px solid var(--mark);outline-offset:2px}"
    "#chapter{width:100%;min-height:1.4em}"
    ".hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}";

static const char colors[2][128] = {"--back:#101010;--text:#ddd;--mark:#ffaf00;--key:#262626;--line:#555",
                                    "--back:#f4f4f4;--text:#222;--mark:#c24a00;--key:#fff;--line:#999"};

static const char controls[] =
    "<div id=\"bar\"><button id=\"play\" type=\"button\" aria-keyshortcuts=\"Space\">Play</button>"
    "<button id=\"back\" type=\"button\" aria-label=\"A frame back\" aria-keyshortcuts=\"ArrowLeft\">◀</button>"
    "<button id=\"on\" type=\"button\" aria-label=\"A frame forward\" aria-keyshortcuts=\"ArrowRight\">▶</button>"
    "<div id=\"track\"><input id=\"at\" type=\"range\" min=\"0\" step=\"1\" value=\"0\" aria-label=\"Moment\">"
    "<div id=\"marks\"></div></div><span id=\"clock\"></span><label>Speed <select id=\"speed\"><option>0.25"
    "<option>0.5<option selected>1<option>2<option>4</select></label><div id=\"chapter\"></div>"
    "<pre id=\"words\" class=\"hidden\" aria-live=\"polite\"></pre></div>\n";

/* T: the frames' moments in ms; D: their changes, as y, row, y, row...; M: the chapters; E: the end. */
static const char script[] =
    "const $=id=>document.getElementById(id),rows=[...document.querySelectorAll('#screen>use')],at=$('at');\n"
    "let now=0,frame=-1,playing=false,then=0;\n"
    "const shown=new Array(rows.length).fill(-1);\n"
    "function find(list,ms){let a=0,b=list.length;while(a<b){const m=a+b>>1;list[m]<=ms?a=m+1:b=m}return a-1}\n"
    "function show(f){if(f===frame)return;\n"
    " const want=f>frame?shown.slice():new Array(rows.length).fill(0);\n"
    " for(let i=f>frame?frame+1:0;i<=f;i++)for(let k=0;k<D[i].length;k+=2)want[D[i][k]]=D[i][k+1];\n"
    " want.forEach((r,y)=>{if(r!==shown[y])rows[y].setAttribute('href','#r'+r);shown[y]=r});frame=f}\n"
    "function clock(ms){const s=Math.floor(ms/1000);return Math.floor(s/60)+':'+String(s%60).padStart(2,'0')}\n"
    "function say(){$('words').textContent=playing?'':shown.map(r=>[...$('r'+r).querySelectorAll('text')]"
    ".map(t=>t.textContent).join(' ')).filter(Boolean).join('\\n')}\n"
    "function go(ms){now=Math.max(0,Math.min(E,ms));show(Math.max(0,find(T,now)));at.value=now;\n"
    " const c=find(M.map(m=>m[0]),now),text=clock(now)+' / '+clock(E);$('clock').textContent=text;\n"
    " at.setAttribute('aria-valuetext',text+(c<0?'':', '+M[c][1]));$('chapter').textContent=c<0?'':M[c][1]}\n"
    "function play(on){playing=on;if(on&&now>=E)go(0);$('play').textContent=on?'Pause':'Play';then=performance.now();\n"
    " if(on)requestAnimationFrame(tick);say()}\n"
    "function tick(t){if(!playing)return;const d=Math.max(0,t-then)*$('speed').value;then=t;go(now+d);\n"
    " if(now>=E)play(false);else requestAnimationFrame(tick)}\n"
    "function step(by){if(playing)play(false);const f=Math.max(0,Math.min(T.length-1,frame+by));go(T[f]);say()}\n"
    "function chapter(by){const c=find(M.map(m=>m[0]),now)+by;go(c<0?0:c>=M.length?E:M[c][0]);say()}\n"
    "at.max=E;at.oninput=()=>{go(+at.value);say()};\n"
    "M.forEach(m=>{const b=document.createElement('button');b.type='button';b.title=m[1];\n"
    " b.setAttribute('aria-label','Chapter: '+m[1]);b.style.left=100*m[0]/(E||1)+'%';b.onclick=()=>{go(m[0]);say()};"
    "$('marks').append(b)});\n"
    "$('play').onclick=()=>play(!playing);$('back').onclick=()=>step(-1);$('on').onclick=()=>step(1);\n"
    "$('screen').onclick=()=>play(!playing);\n"
    "document.addEventListener('keydown',e=>{const s=$('speed'),tag=e.target.tagName;\n"
    " if(e.ctrlKey||e.altKey||e.metaKey||tag==='SELECT'||tag==='BUTTON'&&(e.key===' '||e.key==='Enter'))return;\n"
    " const act={' ':()=>play(!playing),ArrowLeft:()=>step(-1),ArrowRight:()=>step(1),Home:()=>{go(0);say()},"
    "End:()=>{go(E);say()},'[':()=>chapter(-1),']':()=>chapter(1),"
    "'+':()=>{s.selectedIndex=Math.min(4,s.selectedIndex+1)},'-':()=>{s.selectedIndex=Math.max(0,s.selectedIndex-1)}}"
    "[e.key];\n"
    " if(act){e.preventDefault();act()}});\n"
    "go(0);say();\n";

/* ---- data ---- */

static void write_moments(const struct reel *reel, struct out *out)
{
    out_words(out, "const T=[");
    for (size_t f = 0; f < reel->frames.len; f++) {
        if (f > 0)
            out_char(out, ',');
        out_number(out, reel->frames.data[f].ns / 1000000);
    }
    out_words(out, "],\nD=[");
    for (size_t f = 0; f < reel->frames.len; f++) {
        size_t first = reel->frames.data[f].change, end = reel_changes_end(reel, f);
        out_words(out, f > 0 ? ",[" : "[");
        for (size_t k = first; k < end; k++)
            out_format(out, "%s%u,%u", k > first ? "," : "", reel->changes.data[k].y, reel->changes.data[k].row);
        out_char(out, ']');
    }
    out_words(out, "],\n");
}

/* A string of JSON within a script, which no "<" in it can end. */
static void write_string(struct out *out, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "<\"\\");
        for (size_t i = 0; i < len; i++)
            out_char(out, (unsigned char)text[i] < 0x20 ? ' ' : text[i]);
        if (text[len])
            out_format(out, "\\u%04x", (unsigned char)text[len]);
        text += len + (text[len] != '\0');
    }
}

static void write_marks(const struct reel *reel, struct out *out)
{
    out_words(out, "M=[");
    for (size_t i = 0; i < reel->marks.len; i++) {
        out_format(out, "%s[%llu,\"", i > 0 ? "," : "", (unsigned long long)(reel->marks.data[i].ns / 1000000));
        write_string(out, reel->marks.data[i].text);
        out_words(out, "\"]");
    }
    out_words(out, "],\nE=");
    out_number(out, reel->end_ns / 1000000);
    out_words(out, ";\n");
}

static void write_screen(const struct reel *reel, struct out *out)
{
    out_format(out,
               "<svg id=\"screen\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" aria-hidden=\"true\">"
               "\n<defs>\n",
               reel->width * REEL_CELL_W, reel->height * REEL_CELL_H);
    reel_draw_rows(reel, out);
    out_format(out, "</defs>\n<rect class=\"own\" width=\"%d\" height=\"%d\"/>\n", reel->width * REEL_CELL_W,
               reel->height * REEL_CELL_H);
    for (int y = 0; y < reel->height; y++)
        out_format(out, "<use y=\"%d\"/>", y * REEL_CELL_H);
    out_words(out, "</svg>\n");
}

void reel_write_html(const struct reel *reel, struct out *out)
{
    const char *title = reel->title ? reel->title : "heapreel";
    out_words(out, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\">"
                   "<meta name=\"viewport\" content=\"width=device-width\">"
                   "<meta name=\"generator\" content=\"heapreel\">\n<title>");
    reel_draw_text(out, title, strlen(title));
    out_words(out, "</title>\n<style>:root{");
    out_words(out, colors[reel->light]);
    out_char(out, '}');
    out_words(out, style);
    reel_draw_styles(reel, out);
    out_words(out, "</style></head><body>\n<h1>");
    reel_draw_text(out, title, strlen(title));
    out_words(out, "</h1>\n");
    write_screen(reel, out);
    out_words(out, controls);
    out_words(out, "<script>\n");
    write_moments(reel, out);
    write_marks(reel, out);
    out_words(out, script);
    out_words(out, "</script></body></html>\n");
}
