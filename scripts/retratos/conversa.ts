/** A conversa que os retratos mostram: pessoas de verdade num servidor de verdade, e um cliente num terminal. */

import { type Chat, conectar } from '../../src/cliente/biblioteca/biblioteca.ts';
import { type PastaTemporaria, pastaTemporaria } from '../comum/pasta.ts';
import type { Pilha } from '../comum/pilha.ts';
import { iniciarBinder, iniciarServidor, mainDe } from '../comum/processos.ts';
import { abrirTerminal, type Janela, type Terminal } from '../comum/terminal.ts';
import type { Tema } from './temas.ts';

export interface Cena {
  readonly entrar: (nome: string, sala: string) => Promise<Chat>;
  /** O terminal responde que fundo tem, como fazem os de hoje (OSC 11). */
  readonly abrirCliente: (argumentos: readonly string[], janela: Janela, tema: Tema) => Terminal;
}

/** Um sistema só para isto. @param pilha fecha o que se abriu */
export async function montarCena(pilha: Pilha): Promise<Cena> {
  const pasta: PastaTemporaria = pilha.use(pastaTemporaria());
  const binder = await iniciarBinder();
  pilha.defer(() => binder.encerrarEmOrdem());
  const servidor = await iniciarServidor(pasta.caminho, binder.url);
  pilha.defer(() => servidor.encerrarEmOrdem());
  return {
    entrar: async (nome, sala) => {
      const chat = await conectar({ nome, sala, criarSala: true, binder: binder.url });
      pilha.defer(() => chat.close());
      return chat;
    },
    abrirCliente: (argumentos, janela, { fundo }) => {
      const terminal = pilha.use(
        abrirTerminal(process.execPath, [mainDe('cliente'), '--binder', binder.url, ...argumentos], {
          ...janela,
          ambiente: { COLORTERM: 'truecolor', XDG_STATE_HOME: pasta.caminho },
        }),
      );
      const [r, g, b] = [1, 3, 5].map((onde) => fundo.slice(onde, onde + 2));
      terminal.xterm.parser.registerOscHandler(11, (pedido) => {
        if (pedido === '?') terminal.digitar(`\u001b]11;rgb:${r}/${g}/${b}\u001b\\`);
        return pedido === '?';
      });
      return terminal;
    },
  };
}

/** Uma dúvida que três pessoas resolvem. @returns o terminal de quem perguntou, com a linha pela metade */
export async function conversar({ entrar, abrirCliente }: Cena, janela: Janela, tema: Tema): Promise<Terminal> {
  const maria = await entrar('Maria', 'Geral');
  const joao = await entrar('João', 'Geral');
  const paulo = abrirCliente(['--nome', 'Pedro Paulo', '--sala', 'Geral'], janela, tema);
  await paulo.ver('1) Enviar mensagem');
  await paulo.ver('Digite a mensagem:');
  await maria.enviar('Bom dia a todos!');
  await joao.enviar('Bom dia! Alguém sabe onde o binder guarda a tabela?');
  await maria.enviar('Em memória: cada servidor renova o que é seu a cada poucos segundos, num lease.');
  await paulo.ver('num lease.');
  paulo.digitar('E se o servidor morrer?\r');
  await paulo.ver('+ [');
  await maria.enviar('Pedro Paulo, aí o lease vence, e o nome sai da tabela sozinho.');
  await maria.enviar('(bem-vindo ao grupo!)', { para: 'Pedro Paulo' });
  await paulo.ver('(bem-vindo ao grupo!)');
  await joao.sair();
  await paulo.ver('João saiu da sala.');
  paulo.digitar('@Maria obrigado! E quem env');
  await paulo.ver('E quem env');
  return paulo;
}
