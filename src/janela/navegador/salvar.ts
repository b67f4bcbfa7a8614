/** Guardar o que se vê: uma figura, um diagrama, ou os dados. */

import { desenhar } from '../pagina/desenho/desenho.ts';
import { Palco, type Vista } from '../pagina/desenho/palco.ts';
import { emSvg, type Paleta } from '../pagina/desenho/svg.ts';
import type { Historia } from '../pagina/historia.ts';
import { emMermaid } from '../pagina/mermaid.ts';
import { achar } from './elementos.ts';

export function prepararSalvar(historia: Historia, vista: () => Vista, paleta: () => Paleta): void {
  const aoApertar = (id: string, nome: string, tipo: string, texto: () => string) =>
    achar(id).addEventListener('click', () => baixar(nome, tipo, texto()));

  aoApertar('salvar-svg', 'janela.svg', 'image/svg+xml', () => {
    const agora = vista();
    const faixas = historia.faixasDesde(agora.deMs);
    const palco = new Palco(faixas, agora);
    const titulos = faixas.map(({ id, nome }) => ({ x: palco.x(id), texto: nome }));
    return emSvg(desenhar(historia, agora, agora.ateMs), titulos, agora, paleta());
  });
  aoApertar('salvar-mermaid', 'janela.mmd', 'text/plain', () => emMermaid(historia, vista().deMs, vista().ateMs));
  aoApertar('salvar-json', 'janela.json', 'application/json', () => {
    const { deMs, ateMs } = vista();
    const chamadas = [...historia.chamadasEntre(deMs, ateMs)].map(({ repete, ...chamada }) => ({
      ...chamada,
      repete: repete?.id,
    }));
    return `${JSON.stringify({ faixas: historia.faixasDesde(deMs), chamadas }, null, 2)}\n`;
  });
}

function baixar(nome: string, tipo: string, texto: string): void {
  const url = URL.createObjectURL(new Blob([texto], { type: tipo }));
  const link = document.createElement('a');
  link.href = url;
  link.download = nome;
  link.click();
  URL.revokeObjectURL(url);
}
