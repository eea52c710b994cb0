/// Looks at every line of text on a page: whether something cuts it, whether it leaves its box, whether two overlap.
///
/// Gives a list of sentences, empty where all is well. Boxes that scroll by design may hold more than they show;
/// the page itself may not. Letters must stand out from what is behind them by 4.5 to 1.
///
/// - Source: WCAG 2.2, success criterion 1.4.3 and its definition of contrast ratio.
let boxChecker = #"""
  (() => {
    const faults = [];
    const say = (words, node) => {
      if (faults.length < 12) faults.push(`${words} in ${node.parentElement.className || node.parentElement.tagName}: ${(node.textContent || "").trim().slice(0, 60)}`);
    };
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
    const scrolls = (e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX);
    const hides = (e) => ["hidden", "clip"].includes(getComputedStyle(e).overflowX);
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const mixed = (colors) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const known = new Map();
  const contrast = (element) => {
    const grounds = [];
    for (let e = element; e; e = e.parentElement) grounds.unshift(getComputedStyle(e).backgroundColor);
    const style = getComputedStyle(element);
    const ink = element.closest("svg") ? style.fill : style.color;
    const key = grounds.join() + ink;
    if (!known.has(key)) {
      const [a, b] = [mixed(grounds), mixed([...grounds, ink])].sort((x, y) => y - x);
      known.set(key, (a + 0.05) / (b + 0.05));
    }
    return known.get(key);
  };
  const lines = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
      const parent = node.parentElement;
      if (!node.textContent.trim() || parent.closest("script, style, title, .skip") || !parent.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const rects = [...range.getClientRects()].filter((r) => r.width > 0.5 && r.height > 0.5);
      const ratio = contrast(parent);
    if (ratio < 4.5) say(`contrast of ${ratio.toFixed(2)}`, node);
    const svg = parent.closest("svg");
      let box = parent;
      while (!svg && box !== document.body && getComputedStyle(box).display === "inline") box = box.parentElement;
      const limit = (svg || box).getBoundingClientRect();
      let clip = { left: -1e9, right: 1e9 };
      for (let e = parent; e; e = e.parentElement) {
        if (e === document.body) break;
        if (scrolls(e)) { const r = e.getBoundingClientRect(); clip = { left: r.left, right: r.right }; break; }
        if (hides(e) && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).textOverflow !== "ellipsis") say("cut", node);
      }
      for (const r of rects) {
        if (r.left < limit.left - 1.5 || r.right > limit.right + 1.5) say(`leaves its box by ${Math.round(Math.max(limit.left - r.left, r.right - limit.right))}`, node);
        if (svg && (r.top < limit.top - 4 || r.bottom > limit.bottom + 4)) say("leaves its picture", node);
        if (r.right <= clip.left || r.left >= clip.right) continue;
        const zone = parent.closest(".bar") ? "bar" : parent.closest(".contents") ? "contents" : "main";
        lines.push({ zone, node, left: r.left + 1, right: r.right - 1, top: r.top + r.height * 0.22, bottom: r.bottom - r.height * 0.22 });
      }
    }
    lines.sort((a, b) => a.top - b.top);
    let open = [];
    for (const line of lines) {
      open = open.filter((other) => other.bottom > line.top);
      for (const other of open) {
        if (other.zone === line.zone && other.left < line.right && line.left < other.right && other.node !== line.node) {
          say(`overlaps "${other.node.textContent.trim().slice(0, 30)}"`, line.node);
        }
      }
      open.push(line);
    }
    if (lines.length < 20) faults.push(`only ${lines.length} lines of text are shown`);
    return faults;
  })()
  """#
