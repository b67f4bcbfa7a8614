#!/usr/bin/env node
/**
 * O cliente de terminal: pergunta, mostra, e fala com o servidor pelo nome dos procedimentos.
 * Esta pasta não conhece o binder, o servidor nem o store por dentro: fala com eles pela rede, pelo contrato.
 *
 * O que só um subcomando ou só a conversa usa carrega-se quando se precisa dele.
 */

import { tornarVisivel } from '../dominio/visivel.ts';
import { observarSePedido } from '../observadores/janela/opcao.ts';
import { tracarSeHaSdk } from '../observadores/telemetria/se-ha-sdk.ts';
import { relogioDoSistema } from '../process/clock.ts';
import { executarProcesso, StartupError } from '../process/lifecycle.ts';
import { criarLog } from '../process/log.ts';
import { lerSegredo, STATUS_DE_USO_ERRADO } from '../process/opcoes/options.ts';
import { lerComando } from '../process/opcoes/subcomandos.ts';
import { lerAutoridade } from '../process/tls/tls.ts';
import { VERSAO } from '../process/versao.ts';
import { juntarSaidas } from '../rpc/observador.ts';
import { exigirSalaACriar } from './exigir-sala-a-criar.ts';
import { PERGUNTA_DO_NOME } from './interativo/textos.ts';
import { pastaDeEstado, SessoesGuardadas } from './sessao/guardado/sessoes-guardadas.ts';
import { RODAPE, SUBCOMANDOS, TABELAS_DA_LINHA } from './subcomandos/subcomandos.ts';
import { quadroDaLinha } from './terminal/perguntas/quadro-da-linha.ts';
import { usarCores } from './terminal/tela/cores.ts';
import { abrirTerminal } from './terminal/terminal.ts';

const PROCESSO = 'chat-cliente';

const LINHA = {
  nome: PROCESSO,
  versao: VERSAO,
  descricao: 'O cliente de terminal do Chat System Distribuido; sem subcomando, abre a conversa.',
  rodape: RODAPE,
};

/** Para onde vai o que se diz antes de haver tela, e depois. */
let escrever = (linha: string): void => {
  process.stderr.write(linha);
};

const log = criarLog((linha) => escrever(linha));

/** O mesmo fim que um SIGTERM. */
function encerrar(): void {
  process.emit('SIGTERM');
}

function umaVez(agir: () => void): () => void {
  let agiu = false;
  return () => {
    if (!agiu) agir();
    agiu = true;
  };
}

function exigirTerminal(): void {
  if (process.stdin.isTTY && process.stdout.isTTY) return;
  const subcomandos = Object.keys(SUBCOMANDOS).join(', ');
  throw new StartupError(
    `${PROCESSO}: a conversa precisa de um terminal na entrada e na saída; sem ele, use um subcomando: ${subcomandos} (veja --help)`,
    STATUS_DE_USO_ERRADO,
  );
}

/**
 * Abre nesta ordem, e fecha na inversa:
 * 1. os traces e a observação, que ainda contam o fim dos outros;
 * 2. o terminal: depois de todos os que o usam, ele volta a ser de quem o emprestou;
 * 3. a despedida, que se diz também a quem sai antes de haver conversa;
 * 4. a conversa: despede-se do servidor, com a tela ainda lá para dizê-lo.
 */
await executarProcesso(log, async (abertos) => {
  const { subcomando, operandos, opcoes } = lerComando(LINHA, TABELAS_DA_LINHA);
  const ca = lerAutoridade(PROCESSO, opcoes['tls-ca']);
  const tracado = await tracarSeHaSdk(log.aviso, abertos);
  if (subcomando) {
    const { executarSubcomando } = await import('./subcomandos/executar.ts');
    const ordem = { processo: PROCESSO, subcomando, operandos, opcoes, ca, observador: tracado?.saida };
    return executarSubcomando(ordem, abertos, encerrar);
  }
  exigirSalaACriar(PROCESSO, opcoes);
  exigirTerminal();
  const observacao = await observarSePedido(
    opcoes.observar,
    { papel: 'cliente', clock: relogioDoSistema, segredo: lerSegredo() },
    abertos,
  );
  if (opcoes['no-color']) usarCores(0);
  const { stdin: entrada, stdout: saida, env: ambiente } = process;
  const terminal = abertos.add(abrirTerminal({ entrada, saida, ambiente, aoEncerrar: encerrar }));
  escrever = (linha) => terminal.tela.mostrar(tornarVisivel(linha.trimEnd()));
  const despedir = umaVez(() => {
    terminal.tela.retirar();
    terminal.tela.mostrar('Encerrando...');
  });
  abertos.add({ close: despedir });
  const pasta = pastaDeEstado();
  const sessoes = new SessoesGuardadas(opcoes.binder.join(','), pasta);
  // A primeira pergunta aparece antes de se carregar quem a faz; o que se digita nela espera no teclado.
  if (opcoes.nome === undefined && sessoes.livres().length === 0) {
    terminal.tela.desenhar(quadroDaLinha(PERGUNTA_DO_NOME, { texto: '', cursor: 0 }));
  }
  const { abrirConversa } = await import('./abrir-conversa.ts');
  const observador = juntarSaidas(tracado?.saida, observacao?.saida);
  const conversa = abertos.add(
    abrirConversa({ opcoes, ca, observador, terminal, sessoes, pasta, despedir, aoEncerrar: encerrar }),
  );
  await conversa.conduzir();
});
