/** O que todo store tem de cumprir, como função de "como abrir um": cada implementação se prova com isto. */

import { describe } from 'vitest';
import { type AbrirBancada, type AbrirStore, montar } from './apoio.ts';
import { descreverDonos } from './donos.ts';
import { descreverDurabilidade } from './durabilidade.ts';
import { descreverLeitura } from './leitura.ts';
import { descreverMensagens } from './mensagens.ts';
import { descreverOrdem } from './ordem.ts';
import { descreverPresenca } from './presenca.ts';
import { descreverRepeticoes } from './repeticoes.ts';
import { descreverSalas } from './salas.ts';
import { descreverSessoes } from './sessoes.ts';

const PARTES: readonly ((abrir: AbrirBancada) => void)[] = [
  descreverSessoes,
  descreverSalas,
  descreverMensagens,
  descreverRepeticoes,
  descreverLeitura,
  descreverPresenca,
  descreverDonos,
  descreverDurabilidade,
  descreverOrdem,
];

export function descreverConformidade(nome: string, abrir: AbrirStore): void {
  describe(nome, () => {
    for (const descrever of PARTES) descrever((opcoes) => montar(abrir, opcoes));
  });
}
