import { maior, mediana } from '../estatistica.js';
import { valorMaximo } from '../linhas.js';
import { semearMilhao } from '../milhao.js';
import { iniciar, iniciarNu, iniciarServidor, pastaTemporaria } from '../processos.js';

export const PARTIDA = {
  nome: 'partida',
  descricao: 'do início do servidor até poder servir: vazio; com 1.000.000 de mensagens em 1.000 salas',
  medir: async (bancada) => {
    const { abertos, rodadas, linha } = bancada;
    const binder = await iniciar(abertos, 'binder', ['--porta', '0']);

    async function medir(medida, pastaDe, metaMs) {
      const [prontoMs, nuMs] = [[], []];
      for (let rodada = -1; rodada < rodadas; rodada += 1) {
        const servidor = await iniciarServidor(abertos, { pasta: pastaDe(), binder: binder.url });
        await servidor.encerrar();
        const desdeMs = performance.now();
        const nu = await iniciarNu(abertos);
        const nuProntoMs = performance.now() - desdeMs;
        await nu.encerrar();
        if (rodada < 0) continue;
        prontoMs.push(servidor.prontoEmMs);
        nuMs.push(nuProntoMs);
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

    await medir('partida, vazio', () => pastaTemporaria(abertos), 400);
    const cheia = await semearMilhao(bancada);
    await medir('partida, 1.000.000 de mensagens', () => cheia, 1_000);
  },
};
