import { abrirNu, abrirProcesso, abrirServidor, type Parte, pastaDaParte } from '../bancada.ts';
import { maior, mediana } from '../medidas/estatistica.ts';
import { valorMaximo } from '../medidas/linhas.ts';
import { semearMilhao } from '../milhao.ts';

export const PARTIDA: Parte = {
  nome: 'partida',
  descricao: 'do início do servidor até poder servir: vazio; com 1.000.000 de mensagens em 1.000 salas',
  medir: async (bancada) => {
    const { rodadas, linha } = bancada;
    const binder = await abrirProcesso(bancada, 'binder');

    async function medir(medida: string, pastaDe: () => string, metaMs: number): Promise<void> {
      const prontoMs: number[] = [];
      const nuMs: number[] = [];
      for (let rodada = -1; rodada < rodadas; rodada += 1) {
        const servidor = await abrirServidor(bancada, pastaDe(), binder);
        await servidor.encerrarEmOrdem();
        const nu = await abrirNu(bancada);
        await nu.encerrar();
        if (rodada < 0) continue;
        prontoMs.push(servidor.prontoEmMs);
        nuMs.push(nu.prontoEmMs);
      }
      linha({
        medida,
        valor: mediana(prontoMs),
        unidade: 'ms',
        ao_lado: mediana(nuMs),
        ao_lado_de: 'partida do servidor nu',
        pior: maior(prontoMs),
        meta: valorMaximo(metaMs),
      });
    }

    await medir('partida, vazio', () => pastaDaParte(bancada), 400);
    const cheia = await semearMilhao(bancada);
    await medir('partida, 1.000.000 de mensagens', () => cheia, 1_000);
  },
};
