#!/usr/bin/env node
/**
 * O cliente de terminal: pergunta, mostra, e fala com o servidor pelo nome dos procedimentos.
 * Esta pasta não conhece o binder, o servidor nem o store por dentro: fala com eles pela rede, pelo contrato.
 */

import { tornarVisivel } from '../dominio/visivel.ts';
import { relogioDoSistema } from '../process/clock.ts';
import { executarProcesso, StartupError } from '../process/lifecycle.ts';
import { criarLog } from '../process/log.ts';
import { STATUS_DE_USO_ERRADO } from '../process/options.ts';
import { lerComando } from '../process/subcomandos.ts';
import { lerAutoridade } from '../process/tls.ts';
import { VERSAO } from '../process/versao.ts';
import { criarConexoes } from '../rpc/client/http.ts';
import { Conexao } from './chamadas/conexao.ts';
import { criarRastro } from './chamadas/rastro.ts';
import { Conversa } from './sessao/conversa.ts';
import { SessoesGuardadas } from './sessao/sessoes-guardadas.ts';
import { executarSubcomando } from './subcomandos/executar.ts';
import { RODAPE, SUBCOMANDOS, TABELAS_DA_LINHA } from './subcomandos/subcomandos.ts';
import { usarCores } from './terminal/cores.ts';
import { Teclado } from './terminal/teclado.ts';
import { Tela } from './terminal/tela.ts';
import { TelaSimples } from './terminal/tela-simples.ts';

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

/** O mesmo fim que um SIGTERM. */
function encerrar(): void {
  process.emit('SIGTERM');
}

/**
 * Abre nesta ordem, e fecha na inversa:
 * 1. a tela e o teclado: por último o terminal volta a ser de quem o emprestou;
 * 2. a conversa: despede-se do servidor, com a tela ainda lá para dizê-lo.
 */
await executarProcesso(
  criarLog((linha) => escrever(linha)),
  async (abertos) => {
    const { subcomando, operandos, opcoes } = lerComando(LINHA, TABELAS_DA_LINHA);
    const ca = lerAutoridade(PROCESSO, opcoes['tls-ca']);
    if (subcomando) {
      return executarSubcomando({ processo: PROCESSO, subcomando, operandos, opcoes, ca }, abertos, encerrar);
    }
    if (!process.stdin.isTTY || !process.stdout.isTTY) {
      throw new StartupError(
        `${PROCESSO}: a conversa precisa de um terminal na entrada e na saída; sem ele, use um subcomando: ${Object.keys(SUBCOMANDOS).join(', ')} (veja --help)`,
        STATUS_DE_USO_ERRADO,
      );
    }
    process.stdout.on('error', encerrar);
    // Um subcomando nada pergunta, e não espera que o inquirer se carregue.
    const { Roteiro } = await import('./interativo/roteiro.ts');
    const conexoes = criarConexoes(ca);
    if (opcoes['no-color']) usarCores(0);
    const tela = abertos.add(
      process.env['TERM'] === 'dumb' ? new TelaSimples(process.stdout) : new Tela(process.stdout),
    );
    escrever = (linha) => tela.mostrar(tornarVisivel(linha.trimEnd()));
    const teclado = abertos.add(
      new Teclado({
        entrada: process.stdin,
        aoEncerrar: encerrar,
        aoSuspender: () => tela.suspender(),
        aoRetomar: () => tela.retomar(),
      }),
    );
    const sessoes = new SessoesGuardadas(opcoes.binder.join(','));
    const conversa: Conversa = new Conversa({
      servico: new Conexao({
        binders: opcoes.binder,
        clock: relogioDoSistema,
        conexoes,
        observador: opcoes.rastro ? criarRastro((linha) => roteiro.avisar(linha)) : undefined,
      }),
      clock: relogioDoSistema,
      ritmo: { intervaloMs: opcoes.intervalo, esperaMs: opcoes.espera },
      ouvinte: {
        aoReceber: (mensagens) => roteiro.receber(mensagens),
        aoAvisar: (texto) => roteiro.avisar(texto),
        aoSerRetirado: () => roteiro.mudouDeLugar(),
        aoMudarDeSessao: (sessao) => (sessao ? sessoes.guardar(sessao) : sessoes.esquecer()),
      },
    });
    const roteiro = new Roteiro({
      terminal: { tela, teclado },
      conversa,
      clock: relogioDoSistema,
      sessoes,
      aoEncerrar: encerrar,
    });
    abertos.add({
      close: async () => {
        roteiro.parar();
        tela.retirar();
        tela.mostrar('Encerrando...');
        await conversa.encerrar();
      },
    });
    await roteiro.conduzir(opcoes.nome, opcoes.sala);
  },
);
