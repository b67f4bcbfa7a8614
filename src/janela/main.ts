#!/usr/bin/env node
/**
 * A janela: uma página em que se vê um sistema em funcionamento e, no laboratório, se quebra um.
 * Esta pasta não conhece o binder, o servidor nem o cliente por dentro: eles contam o que acontece neles.
 */

import { JANELA_CONTRACT } from '../contract/janela.ts';
import { relogioDoSistema } from '../process/clock.ts';
import { escutaSoNestaMaquina, exigirSegredoForaDaqui } from '../process/escuta.ts';
import { LacoPeriodico } from '../process/laco-periodico.ts';
import { executarProcesso } from '../process/lifecycle.ts';
import { camposDoErro, criarLog } from '../process/log.ts';
import { lerOpcoes, lerSegredo } from '../process/opcoes/options.ts';
import { VERSAO } from '../process/versao.ts';
import { servir } from '../rpc/server/servir.ts';
import { Eventos } from './eventos.ts';
import { criarAutenticacao, criarHandlers, novoToken } from './handlers.ts';
import { Janela } from './janela.ts';
import { Laboratorio } from './laboratorio/laboratorio.ts';
import { olharOBinder } from './olhar-o-binder.ts';
import { OPCOES, VARIAVEL_DA_PORTA } from './options.ts';
import { abrirPaginas } from './paginas.ts';

const PROCESSO = 'chat-janela';
/** A cada quanto tempo se solta o que esperou pela causa, em ms. */
const RITMO_MS = 50;

const LINHA = {
  nome: PROCESSO,
  versao: VERSAO,
  descricao: 'Uma página em que se vê o sistema em funcionamento e, com --laboratorio, se quebra um.',
  rodape: 'Fora desta máquina é preciso um segredo em CHAT_SEGREDO, que abre a página.',
};

const log = criarLog();

/**
 * Abre nesta ordem, e fecha na inversa:
 * 1. a borda, por onde os processos contam e a página lê;
 * 2. o laboratório, que só começa quando já há a quem contar;
 * 3. os laços: um solta o que esperou, o outro lê a tabela do binder;
 * 4. os fluxos das páginas: a borda esperaria por eles.
 */
await executarProcesso(log, async (abertos) => {
  const opcoes = lerOpcoes(LINHA, OPCOES);
  const segredo = await lerSegredoDaPagina(opcoes.host);
  const clock = relogioDoSistema;
  let laboratorio: Laboratorio | undefined;
  const janela = new Janela({ clock, traduzir: (endereco) => laboratorio?.traduzir(endereco) ?? endereco });
  const eventos = new Eventos(janela);
  const token = novoToken();
  const edge = abertos.add(
    await servir({
      contract: JANELA_CONTRACT,
      handlers: criarHandlers(janela, () => laboratorio),
      authentication: criarAutenticacao(token, segredo),
      processo: 'janela',
      comando: PROCESSO,
      escuta: opcoes,
      variavelDaPorta: VARIAVEL_DA_PORTA,
      identidade: undefined,
      nomes: [],
      disponivel: () => true,
      paginas: abrirPaginas({
        eventos,
        segredo,
        campos: () => ({
          laboratorio: laboratorio ? 'sim' : 'nao',
          token: laboratorio ? token : '',
          convite: laboratorio?.convite ?? '',
        }),
      }),
      log,
    }),
  );
  if (opcoes.laboratorio) {
    laboratorio = abertos.add(
      await Laboratorio.abrir({
        clientes: opcoes.clientes,
        servidores: opcoes.servidores,
        observar: edge.url,
        clock,
        aoMudar: (retrato) => janela.retratar(retrato),
        aoConferir: (veredito) => janela.dizer({ tipo: 'veredito', veredito }),
      }),
    );
    janela.dizer({ tipo: 'garantias', garantias: laboratorio.garantias });
  }
  const aoFalhar = (erro: unknown) => log.erro('falha na janela', camposDoErro(erro));
  const avanco = abertos.add(new LacoPeriodico({ intervaloMs: RITMO_MS, agir: () => janela.avancar(), aoFalhar }));
  avanco.iniciar();
  if (!opcoes.laboratorio) abertos.add(olharOBinder(opcoes.binder, janela, aoFalhar));
  abertos.add(eventos);
  process.stdout.write(`Janela pronta em ${edge.url}\n`);
});

/**
 * Nesta máquina a página se abre sem segredo, mesmo que haja um para o binder.
 * @throws StartupError se outras máquinas a alcançariam sem segredo
 */
async function lerSegredoDaPagina(host: string): Promise<string | undefined> {
  const segredo = lerSegredo();
  await exigirSegredoForaDaqui(PROCESSO, host, segredo);
  return (await escutaSoNestaMaquina(host)) ? undefined : segredo;
}
