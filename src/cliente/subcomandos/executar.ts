/** O que cada subcomando faz: sem terminal e sem perguntas, uma linha por coisa, e um status que diz o desfecho. */

import { userInfo } from 'node:os';
import { createInterface } from 'node:readline';
import { BINDER_CONTRACT } from '../../contract/binder.ts';
import type { Mensagem } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import { contarCaracteres, normalizarNome, problemaDoNome } from '../../contract/nomes.ts';
import { formatarMensagem } from '../../dominio/mensagens.ts';
import { tornarVisivel } from '../../dominio/visivel.ts';
import { relogioDoSistema } from '../../process/clock.ts';
import { type Opened, StartupError } from '../../process/lifecycle.ts';
import type { OptionValues } from '../../process/options.ts';
import { Equivalentes } from '../../rpc/client/alternativas.ts';
import { criarConexoes, UnreachableError } from '../../rpc/client/remote.ts';
import { type Chat, conectar } from '../biblioteca/biblioteca.ts';
import { Conexao } from '../chamadas/conexao.ts';
import { ehDoTipo, estaFora, explicar } from '../chamadas/explicar.ts';
import { criarRastro } from '../chamadas/rastro.ts';
import { SHELLS } from './completar-shell.ts';
import { emCampos, emJson, escreverLinha } from './saida.ts';
import { type NomeDeSubcomando, STATUS, type TODAS_AS_OPCOES } from './subcomandos.ts';

const MAXIMO_DE_CARACTERES_DO_NOME = 32;

export interface Pedido {
  readonly processo: string;
  readonly subcomando: NomeDeSubcomando;
  readonly operandos: readonly string[];
  readonly opcoes: OptionValues<typeof TODAS_AS_OPCOES>;
  readonly ca: Buffer | undefined;
}

interface Execucao extends Pedido {
  /** O que um sinal tem de fechar. */
  readonly aoEncerrar: (fechar: () => Promise<void> | void) => void;
}

/**
 * @param abertos onde fica o que um sinal tem de fechar
 * @param encerrar o mesmo fim que um sinal
 * @throws StartupError com o status do desfecho, quando não deu certo
 */
export async function executarSubcomando(pedido: Pedido, abertos: Opened, encerrar: () => void): Promise<void> {
  let encerrado = false;
  const aoEncerrar = (fechar: () => Promise<void> | void) => {
    const close = () => {
      encerrado = true;
      return fechar();
    };
    abertos.add({ close });
  };
  process.stdout.on('error', (erro: NodeJS.ErrnoException) => {
    // Quem lia já tem o que queria; de outra falha se queixa quem escreve. Num pipe, só a escrita seguinte o descobre: o
    // Node não vigia um pipe em que só se escreve (ENOTCONN), e escrever nada nele dá certo mesmo sem ninguém a ler.
    if (erro.code === 'EPIPE') encerrar();
  });
  try {
    await EXECUTORES[pedido.subcomando]({ ...pedido, aoEncerrar });
  } catch (erro) {
    // O que um sinal interrompeu falha por ter sido interrompido.
    if (encerrado) return;
    throw comStatus(pedido.processo, erro);
  }
  encerrar();
}

const EXECUTORES: Readonly<Record<NomeDeSubcomando, (execucao: Execucao) => Promise<void>>> = {
  salas: async (execucao) => {
    const { binder: binders } = execucao.opcoes;
    const conexoes = criarConexoes(execucao.ca);
    const rastrear = aoRastrear(execucao);
    const observador = rastrear && criarRastro(rastrear);
    const conexao = new Conexao({ binders, clock: relogioDoSistema, conexoes, observador });
    execucao.aoEncerrar(() => conexao.close());
    for (const sala of await conexao.chamar('listar_salas', {})) {
      await escrever(execucao, sala, () => emCampos(sala.nomeSala, sala.usuarios));
    }
  },

  usuarios: async (execucao) => {
    const [nomeSala] = execucao.operandos;
    if (nomeSala !== undefined) exigirNome(execucao, 'a sala', nomeSala);
    const chat = await abrirChat(execucao);
    if (nomeSala !== undefined) {
      for (const nomeUsuario of await chat.usuarios(nomeSala)) {
        await escrever(execucao, { nomeSala, nomeUsuario }, () => emCampos(nomeUsuario));
      }
      return;
    }
    for (const sala of await chat.salas()) {
      for (const nomeUsuario of await usuariosSeHouver(chat, sala.nomeSala)) {
        const campos = { nomeSala: sala.nomeSala, nomeUsuario };
        await escrever(execucao, campos, () => emCampos(nomeUsuario, sala.nomeSala));
      }
    }
  },

  enviar: async (execucao) => {
    const [sala = '', ...palavras] = execucao.operandos;
    const { para } = execucao.opcoes;
    exigirNome(execucao, 'a sala', sala);
    if (para !== undefined) exigirNome(execucao, '--para', para);
    const chat = await abrirChat(execucao);
    await chat.entrar(sala);
    const enviar = async (texto: string) => escreverMensagem(execucao, await chat.enviar(texto, { para }));
    if (palavras.length > 0) return enviar(palavras.join(' '));

    let numero = 0;
    for await (const linha of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      numero += 1;
      try {
        if (linha !== '') await enviar(linha);
      } catch (erro) {
        throw comStatus(`${execucao.processo}: linha ${numero} da entrada`, erro);
      }
    }
  },

  ouvir: async (execucao) => {
    const [sala = ''] = execucao.operandos;
    exigirNome(execucao, 'a sala', sala);
    const chat = await abrirChat(execucao);
    const { mensagens } = await chat.entrar(sala);
    if (execucao.opcoes.historico) for (const mensagem of mensagens) await escreverMensagem(execucao, mensagem);
    for await (const mensagem of chat.mensagens()) await escreverMensagem(execucao, mensagem);
  },

  procedimentos: async (execucao) => {
    const conexoes = criarConexoes(execucao.ca);
    execucao.aoEncerrar(conexoes.destroy);
    const binders = new Equivalentes(BINDER_CONTRACT, execucao.opcoes.binder, conexoes);
    const rastrear = aoRastrear(execucao);
    const contar = rastrear && criarRastro(rastrear);
    const tabela = await binders.chamar(async (binder, url) => {
      const inicioMs = relogioDoSistema.monotonicoMs();
      const ms = () => relogioDoSistema.monotonicoMs() - inicioMs;
      contar?.({ tipo: 'chamada', nome: 'list_procedures', url });
      try {
        const registrados = await binder.list_procedures({});
        contar?.({ tipo: 'resposta', nome: 'list_procedures', url, ms: ms() });
        return registrados;
      } catch (erro) {
        contar?.({ tipo: 'resposta', nome: 'list_procedures', url, ms: ms(), erro });
        throw erro;
      }
    });
    for (const { procedure_name, endpoints } of tabela) {
      for (const { address, port, ttl_s } of endpoints) {
        const endpoint = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
        const linha = () => emCampos(procedure_name, endpoint, ttl_s ?? 'sem prazo');
        await escrever(execucao, { procedure_name, address, port, ttl_s }, linha);
      }
    }
  },

  completar: async ({ processo, operandos }) => {
    const [shell = ''] = operandos;
    const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    const recusa = `${processo}: só se sabe completar em ${Object.keys(SHELLS).join(', ')}; veio ${emJson(shell)}`;
    if (!script) throw new StartupError(recusa, STATUS.uso.status);
    await escreverLinha(script().trimEnd());
  },
};

/** Uma sessão que um sinal encerra, mesmo que chegue enquanto ela se abre. */
async function abrirChat(execucao: Execucao): Promise<Chat> {
  const { binder, nome, intervalo, espera } = execucao.opcoes;
  if (nome !== undefined) exigirNome(execucao, '--nome', nome);
  const chegada = conectar({
    nome: nome ?? nomePadrao(),
    binder: binder.join(','),
    ca: execucao.ca,
    // Um script prefere saber logo; depois de conectado, a conversa insiste.
    prazoMs: 0,
    intervaloMs: intervalo,
    esperaMs: espera,
    aoAvisar: (texto) => process.stderr.write(`${execucao.processo}: ${texto}\n`),
    aoRastrear: aoRastrear(execucao),
  });
  execucao.aoEncerrar(async () => {
    const chat = await chegada.catch(() => undefined);
    await chat?.close();
  });
  return chegada;
}

/** O rastro não se mistura com o que o comando escreve. */
function aoRastrear({ opcoes }: Pedido): ((linha: string) => void) | undefined {
  return opcoes.rastro ? (linha) => process.stderr.write(`${linha}\n`) : undefined;
}

async function usuariosSeHouver(chat: Chat, nomeSala: string): Promise<readonly string[]> {
  try {
    return await chat.usuarios(nomeSala);
  } catch (erro) {
    // Removida desde que se listaram as salas.
    if (ehDoTipo(erro, 'SALA_NAO_ENCONTRADA')) return [];
    throw erro;
  }
}

function escreverMensagem(execucao: Execucao, mensagem: Mensagem): Promise<void> {
  return escrever(execucao, mensagem, () => formatarMensagem(mensagem));
}

function escrever({ opcoes }: Pedido, valor: unknown, linha: () => string): Promise<void> {
  return escreverLinha(opcoes.json ? emJson(valor) : linha());
}

/** O nome de quem não pediu nenhum: diz de quem é o programa, e dois programas não o disputam. */
function nomePadrao(): string {
  const sufixo = `-${process.pid}`;
  const usuario = [...nomeDoSistema().replace(/[^\p{L}\p{M}\p{Nd}_.-]/gu, '-')];
  const nome = usuario.slice(0, MAXIMO_DE_CARACTERES_DO_NOME - contarCaracteres(sufixo)).join('') + sufixo;
  return problemaDoNome(nome) ? `script${sufixo}` : nome;
}

function nomeDoSistema(): string {
  try {
    return normalizarNome(userInfo().username);
  } catch {
    // Num contêiner, o usuário pode ser só um número.
    return 'script';
  }
}

function exigirNome({ processo }: Pedido, oQue: string, nome: string): void {
  const problema = problemaDoNome(normalizarNome(nome));
  if (!problema) return;
  throw new StartupError(`${processo}: ${oQue} ${tornarVisivel(problema)}; veio ${emJson(nome)}`, STATUS.uso.status);
}

/** @param quem começa a linha do erro */
function comStatus(quem: string, erro: unknown): unknown {
  if (estaFora(erro)) return new StartupError(`${quem}: ${explicar(erro)}`, STATUS.falta.status);
  if (erro instanceof ContractError) return new StartupError(`${quem}: ${explicar(erro)}`, STATUS.recusa.status);
  if (erro instanceof UnreachableError) return new StartupError(`${quem}: ${explicar(erro)}`, STATUS.falta.status);
  return erro;
}
