import { setTimeout as pausar } from 'node:timers/promises';
import { abrirNavegador, HA_NAVEGADOR, SEM_NAVEGADOR } from '../../comum/navegador.ts';
import { abrirProcesso, type Parte } from '../bancada.ts';
import { chamar } from '../chamadas/chamadas.ts';
import { abrirConexoes, type Conexao, montarChamada } from '../chamadas/http.ts';
import { quantil } from '../medidas/estatistica.ts';
import { valorMaximo } from '../medidas/linhas.ts';

/** Uma chamada são dois acontecimentos no binder: chegou, respondeu. */
const CHAMADAS_POR_SEGUNDO = 500;
const DURACAO_MS = 60_000;
const VAZIA_MS = 5_000;
const GRUPO_MS = 20;
const CONEXOES = 10;
const META_DO_ATRASO_MS = 200;
/** Fração dos quadros de uma página vazia, ou 50 por segundo. */
const META_DOS_QUADROS = 50;
const META_DA_MEMORIA_MB = 100;

/** Conta os quadros desde agora. */
const CONTAR_QUADROS = `(() => {
  window.quadros = 0;
  const contar = () => { window.quadros += 1; requestAnimationFrame(contar); };
  requestAnimationFrame(contar);
})()`;
/** Anota quanto cada acontecimento levou, do processo em que aconteceu até aqui. */
const MEDIR_ATRASOS = `(() => {
  window.atrasos = [];
  new EventSource('/eventos').onmessage = ({ data }) => {
    const { acontecimento } = JSON.parse(data);
    if (acontecimento) window.atrasos.push(Date.now() - acontecimento.ms);
  };
})()`;
const MEMORIA_MB = 'performance.memory.usedJSHeapSize / 2 ** 20';

export const JANELA: Parte = {
  nome: 'janela',
  descricao: '1.000 acontecimentos por segundo durante um minuto na página da janela, num Chromium',
  medir: async (bancada) => {
    if (!HA_NAVEGADOR) throw new Error(`não se mede a página${SEM_NAVEGADOR}`);
    const { pilha, linha } = bancada;
    const janela = await abrirProcesso(bancada, 'janela');
    const binder = await abrirProcesso(bancada, 'binder', { argumentos: ['--observar', janela.url] });
    const registro = { procedure_name: 'p', address: '127.0.0.1', port: 8005, ttl_s: 3600 };
    await chamar(binder.porta, 'register_procedure', registro);

    const { browser } = pilha.use(await abrirNavegador());
    const pagina = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
    const quadrosPorSegundo = async (duracaoMs: number, passar: () => Promise<unknown>) => {
      await pagina.evaluate(CONTAR_QUADROS);
      await passar();
      return Number(await pagina.evaluate('window.quadros')) / (duracaoMs / 1_000);
    };
    const vazia = await quadrosPorSegundo(VAZIA_MS, () => pausar(VAZIA_MS));
    await pagina.goto(janela.url);
    await pagina.evaluate(MEDIR_ATRASOS);
    const cheia = await quadrosPorSegundo(DURACAO_MS, () => perguntar(binder.porta));
    const atrasos = (await pagina.evaluate('window.atrasos')) as number[];
    const memoriaMb = Number(await pagina.evaluate(MEMORIA_MB));

    const meta = { de: 'valor', tipo: 'minimo', limite: Math.min(META_DOS_QUADROS, vazia * 0.95) } as const;
    const aoLado = { ao_lado: vazia, ao_lado_de: 'página vazia' };
    linha({ medida: 'acontecimentos na página', valor: atrasos.length / (DURACAO_MS / 1_000), unidade: '/s' });
    linha({ medida: 'quadros, 1.000 acontecimentos/s', valor: cheia, unidade: '/s', ...aoLado, meta });
    linha({
      medida: 'do processo à página, percentil 99',
      valor: quantil(atrasos, 0.99),
      unidade: 'ms',
      pior: quantil(atrasos, 1),
      meta: valorMaximo(META_DO_ATRASO_MS),
    });
    const medida = 'memória da página depois de um minuto';
    linha({ medida, valor: memoriaMb, unidade: 'MB', meta: valorMaximo(META_DA_MEMORIA_MB) });
  },
};

/** Lookups num ritmo certo, em grupos de alguns ms. */
async function perguntar(porta: number): Promise<void> {
  const conexoes = await abrirConexoes(porta, CONEXOES);
  const lookup = montarChamada('lookup_procedure', { procedure_name: 'p' });
  const pedir = (conexao: Conexao) => new Promise((resolve, reject) => conexao.pedir(lookup, resolve, reject));
  const inicioMs = performance.now();
  let feitas = 0;
  for (let passouMs = 0; passouMs < DURACAO_MS; passouMs = performance.now() - inicioMs) {
    const devidas = (passouMs * CHAMADAS_POR_SEGUNDO) / 1_000;
    for (; feitas < devidas; feitas += CONEXOES) await Promise.all(conexoes.map(pedir));
    await pausar(GRUPO_MS);
  }
  for (const conexao of conexoes) conexao.fechar();
}
