/**
 * As escritas (alfabetos, silabários, ideogramas) de um nome, e quando a mistura delas engana: com uma letra de outra
 * escrita, `Аna` parece `Ana`. A regra é a do nível "highly restrictive" do UTS #39, seção 5.2.
 */

/** De qualquer escrita: dígitos, pontuação e as marcas que se põem sobre qualquer letra. */
const COMUNS = /[\p{scx=Zyyy}\p{scx=Zinh}]+/gu;

/** As que se escrevem juntas no Japão, na China e na Coreia, também com letras latinas. */
const MISTURAS_DE_USO = [
  /^[\p{scx=Latn}\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}]+$/u,
  /^[\p{scx=Latn}\p{scx=Hani}\p{scx=Bopo}]+$/u,
  /^[\p{scx=Latn}\p{scx=Hani}\p{scx=Hang}]+$/u,
];

/** As outras escritas do Unicode 17 (ISO 15924), as de mais gente primeiro. */
export const ESCRITAS = `
  Cyrl Arab Deva Grek Hebr Thai Beng Taml Telu Gujr Guru Knda Mlym Orya Sinh Mymr Khmr Laoo Geor Armn Ethi Tibt Mong Thaa
  Adlm Aghb Ahom Armi Avst Bali Bamu Bass Batk Berf Bhks Brah Brai Bugi Buhd Cakm Cans Cari Cham Cher Chrs Copt Cpmn Cprt
  Diak Dogr Dsrt Dupl Egyp Elba Elym Gara Glag Gong Gonm Goth Gran Gukh Hano Hatr Hluw Hmng Hmnp Hung Ital Java Kali Kawi
  Khar Khoj Kits Krai Kthi Lana Lepc Limb Lina Linb Lisu Lyci Lydi Mahj Maka Mand Mani Marc Medf Mend Merc Mero Miao Modi
  Mroo Mtei Mult Nagm Nand Narb Nbat Newa Nkoo Nshu Ogam Olck Onao Orkh Osge Osma Ougr Palm Pauc Perm Phag Phli Phlp Phnx
  Plrd Prti Rjng Rohg Runr Samr Sarb Saur Sgnw Shaw Shrd Sidd Sidt Sind Sogd Sogo Sora Soyo Sund Sunu Sylo Syrc Tagb Takr
  Tale Talu Tang Tavt Tayo Tfng Tglg Tirh Tnsa Todr Tols Toto Tutg Ugar Vaii Vith Wara Wcho Xpeo Xsux Yezi Yiii Zanb
`
  .trim()
  .split(/\s+/);

/** As expressões que já foram precisas: fazer todas levaria uns 40 ms na partida. */
const feitas = new Map<string, RegExp | undefined>();

/** @returns se o nome mistura escritas que se confundem */
export function misturaEscritas(nome: string): boolean {
  const letras = nome.replace(COMUNS, '');
  if (letras === '' || MISTURAS_DE_USO.some((so) => so.test(letras))) return false;
  return !ESCRITAS.some((escrita) => soDa(escrita)?.test(letras));
}

function soDa(escrita: string): RegExp | undefined {
  if (!feitas.has(escrita)) feitas.set(escrita, seOMotorConhece(escrita));
  return feitas.get(escrita);
}

/** Um Node mais antigo não conhece as escritas mais novas, nem as letras delas. */
function seOMotorConhece(escrita: string): RegExp | undefined {
  try {
    return new RegExp(String.raw`^\p{scx=${escrita}}+$`, 'u');
  } catch {
    return undefined;
  }
}
