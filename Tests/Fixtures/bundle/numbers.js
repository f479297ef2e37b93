// Writes numbers.tsv: bits of doubles and how ECMAScript, which RFC 8785 refers to, writes them.
// The first rows are the table of RFC 8785, appendix B; the rest are drawn from a fixed seed.
const view = new DataView(new ArrayBuffer(8));
const appendixB = `0000000000000000 8000000000000000 0000000000000001 8000000000000001
7fefffffffffffff ffefffffffffffff 4340000000000000 c340000000000000 4430000000000000
44b52d02c7e14af5 44b52d02c7e14af6 44b52d02c7e14af7 444b1ae4d6e2ef4e 444b1ae4d6e2ef4f
444b1ae4d6e2ef50 3eb0c6f7a0b5ed8c 3eb0c6f7a0b5ed8d 41b3de4355555553 41b3de4355555554
41b3de4355555555 41b3de4355555556 41b3de4355555557 becbf647612f3696 43143ff3c1cb0959`
  .split(/\s+/);

let state = 20n;
function next() {
  state = (state + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  let mixed = state;
  mixed = ((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
  mixed = ((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
  return mixed ^ (mixed >> 31n);
}

const rows = ["# bits of a double, its text in ECMAScript; by numbers.js"];
function row(bits) {
  view.setBigUint64(0, bits);
  const value = view.getFloat64(0);
  if (Number.isFinite(value)) rows.push(bits.toString(16).padStart(16, "0") + "\t" + String(value));
}
appendixB.forEach((bits) => row(BigInt("0x" + bits)));
for (let index = 0; index < 1000; index++) row(next());
for (let index = 0; index < 1000; index++) {
  view.setFloat64(0, Number(next() % 1000000n) / 10 ** Number(next() % 12n));
  row(view.getBigUint64(0));
}
for (let power = -330; power <= 308; power++) {
  view.setFloat64(0, Number("1e" + power));
  row(view.getBigUint64(0));
}
require("fs").writeFileSync(__dirname + "/numbers.tsv", rows.join("\n") + "\n");
