/**
 * O contrato em miniatura: sessões, salas, mensagens, quem vê o quê. Foi escrito a partir do contrato, sem olhar o
 * servidor, e é só dados: uma cópia dele serve para experimentar outra ordem das chamadas simultâneas.
 */

import type { Resposta } from '../../../scripts/comum/jsonrpc.ts';
import type { Mensagem } from '../../suporte/pessoas.ts';
import { type Esperado, exigir, igual } from './discordancia.ts';
import { decidirComoDono, detalhesDe, exigirEntrada, podeFalar } from './donos-do-modelo.ts';
import {
  criar,
  type Estado,
  encerrar,
  entrar,
  nomesNaSala,
  porCodePoint,
  type Sala,
  type Sessao,
  sair,
  salaDeNome,
  timestampDe,
} from './estado.ts';
import { conferirMensagens, type MensagemEsperada, primeirasDepoisDe, ultimas } from './mensagens-esperadas.ts';
import { caracteres, mesmoNome, nomeGuardado, nomeServe, textoServe } from './nomes-do-contrato.ts';

export interface Chamada {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** A sessão cujo token vai junto; `undefined` para nenhum. */
  readonly quem: number | undefined;
}

/**
 * Confere uma resposta e leva o estado para depois da chamada.
 * @throws Discordancia
 */
export function aplicar(estado: Estado, chamada: Chamada, resposta: Resposta): void {
  const esperado = decidir(estado, chamada, resposta);
  const texto = JSON.stringify(resposta.error ?? resposta.result);
  if ('erro' in esperado) {
    exigir(resposta.error?.code === esperado.erro, () => `devia dar o erro ${esperado.erro}, e deu ${texto}`);
    if (esperado.parametros) conferirProblemas(esperado.parametros, resposta);
    if (esperado.tenteEmMs !== undefined) igual(resposta.error?.data.tenteEmMs, esperado.tenteEmMs, 'quanto falta');
    return;
  }
  exigir(resposta.error === undefined, () => `devia ser atendida, e deu ${texto}`);
  esperado.sucesso();
}

function decidir(estado: Estado, { method, params, quem }: Chamada, { result }: Resposta): Esperado {
  const errados = parametrosErrados(params);
  const sessao = quem === undefined ? undefined : estado.sessoes[quem];
  const viva = sessao?.viva ? sessao : undefined;
  if (viva) {
    viva.ultimaMs = estado.agoraMs;
    viva.confirmada = true;
  }
  if (errados.length > 0) return { erro: -32602, parametros: errados };
  if (method === 'registrar_usuario') return decidirRegistro(estado, params['nomeUsuario'] as string, viva, result);
  if (method === 'listar_salas') return { sucesso: () => conferirSalas(estado, result, params['detalhes'] === true) };
  if (!viva) return { erro: 2002 };
  const nome = params['nomeUsuario'] as string | null | undefined;
  if (nome != null && !mesmoNome(nome, viva.nome)) return { erro: 2003 };
  return decidirComSessao(estado, method, params, quem as number, result);
}

function decidirRegistro(
  estado: Estado,
  nome: string,
  viva: Sessao | undefined,
  // biome-ignore lint/suspicious/noExplicitAny: o modelo diz o que espera
  result: any,
): Esperado {
  if (viva && mesmoNome(viva.nome, nome)) {
    const sala = viva.sala === undefined ? null : (estado.salas[viva.sala] as Sala).nome;
    return {
      sucesso: () => {
        igual({ nomeUsuario: result.nomeUsuario, sala: result.sala }, { nomeUsuario: viva.nome, sala }, 'a retomada');
      },
    };
  }
  if (estado.sessoes.some((outra) => outra.viva && mesmoNome(outra.nome, nome))) return { erro: 2001 };
  return {
    sucesso: () => {
      const guardado = nomeGuardado(nome);
      igual({ ...result, token: undefined }, { nomeUsuario: guardado, token: undefined, sala: null }, 'o registro');
      exigir(/^[A-Za-z0-9_-]{43}$/.test(result.token), () => 'o token não tem 256 bits em base64url');
      estado.sessoes.push({
        nome: guardado,
        viva: true,
        sala: undefined,
        entrada: 0,
        chaves: new Map(),
        nasceuMs: estado.agoraMs,
        ultimaMs: estado.agoraMs,
        confirmada: false,
        senhasErradasMs: [],
        enviosAgora: 0,
      });
    },
  };
}

function decidirComSessao(
  estado: Estado,
  method: string,
  params: Readonly<Record<string, unknown>>,
  quem: number,
  // biome-ignore lint/suspicious/noExplicitAny: o modelo diz o que espera
  result: any,
): Esperado {
  const sessao = estado.sessoes[quem] as Sessao;
  const nomeSala = (params['nomeSala'] ?? params['salaAtual']) as string | undefined;
  const indice = nomeSala === undefined ? undefined : salaDeNome(estado, nomeSala);
  const sala = indice === undefined ? undefined : estado.salas[indice];
  const atual = sessao.sala === undefined ? undefined : estado.salas[sessao.sala];

  switch (method) {
    case 'encerrar_sessao':
      return {
        sucesso: () => {
          igual(result, true, 'o encerramento');
          encerrar(estado, quem);
        },
      };
    case 'criar_sala':
      if (sala) return { erro: 2004 };
      return {
        sucesso: () => {
          igual(result, { nomeSala: nomeGuardado(nomeSala as string) }, 'a sala criada');
          criar(estado, nomeSala as string, quem);
        },
      };
    case 'entrar_sala':
      if (!sala || indice === undefined) return { erro: 2005 };
      return (
        exigirEntrada(estado, quem, indice, params['senha'] as string | undefined) ?? {
          sucesso: () => {
            if (sessao.sala !== indice) entrar(estado, quem, indice);
            igual(result.nomeSala, sala.nome, 'o nome da sala');
            igual(result.usuarios, nomesNaSala(estado, indice), 'quem está na sala');
            conferirMensagens(sala, () => ultimas(sala, quem), result.mensagens);
          },
        }
      );
    case 'sair_da_sala':
      if (!atual) return { erro: 2006 };
      return {
        sucesso: () => {
          igual(result, { nomeSala: atual.nome }, 'a saída');
          sair(estado, quem);
        },
      };
    case 'listar_usuarios':
      if (nomeSala == null) {
        if (sessao.sala === undefined) return { erro: 2006 };
        return { sucesso: () => igual(result, nomesNaSala(estado, sessao.sala as number), 'quem está na sala') };
      }
      if (indice === undefined) return { erro: 2005 };
      return { sucesso: () => igual(result, nomesNaSala(estado, indice), 'quem está na sala') };
    case 'receber_mensagens': {
      if (!sala) return { erro: 2005 };
      if (sala !== atual) return { erro: 2006 };
      const desde = params['desde'] as number | null | undefined;
      return {
        sucesso: () =>
          conferirMensagens(
            sala,
            () => (desde == null ? ultimas(sala, quem) : primeirasDepoisDe(sala, quem, desde)),
            result,
          ),
      };
    }
    case 'enviar_mensagem':
      return decidirEnvio(estado, params, quem, sala, result);
    default:
      return decidirComoDono(estado, method, params, { quem, indice }, result);
  }
}

function decidirEnvio(
  estado: Estado,
  params: Readonly<Record<string, unknown>>,
  quem: number,
  sala: Sala | undefined,
  result: Mensagem,
): Esperado {
  const sessao = estado.sessoes[quem] as Sessao;
  const chave = params['chave'] as string | null | undefined;
  const repetida = chave == null ? undefined : sessao.chaves.get(chave);
  if (repetida) return { sucesso: () => igual(result, repetida, 'a resposta repetida da chave') };
  if (!sala) return { erro: 2005 };
  if (sessao.sala === undefined || estado.salas[sessao.sala] !== sala) return { erro: 2006 };

  const para = params['destinatario'] as string | null | undefined;
  if (!podeFalar(estado, sala, quem, para)) return { erro: 2013 };
  const destinatario =
    para == null ? undefined : estado.sessoes.findIndex((outra) => outra.viva && mesmoNome(outra.nome, para));
  if (destinatario !== undefined && estado.sessoes[destinatario]?.sala !== sessao.sala) return { erro: 2007 };
  if (estado.limiteDeMensagens > 0 && sessao.enviosAgora >= estado.limiteDeMensagens) return { erro: 2008 };

  return {
    sucesso: () => {
      const esperada: MensagemEsperada = {
        id: undefined,
        tipo: destinatario === undefined ? 'broadcast' : 'unicast',
        origem: sessao.nome,
        destino: destinatario === undefined ? 'todos' : (estado.sessoes[destinatario] as Sessao).nome,
        conteudo: params['mensagem'] as string,
        timestamp: timestampDe(estado),
        visivelPara: destinatario === undefined ? 'todos' : [quem, destinatario],
        juntas: estado.aoMesmoTempo ? estado.instante : undefined,
      };
      sala.mensagens.push(esperada);
      conferirMensagens(sala, () => [esperada], [result]);
      sessao.enviosAgora += 1;
      if (chave != null) sessao.chaves.set(chave, result);
    },
  };
}

/** Os que o contrato recusa antes de olhar quem chama. */
function parametrosErrados(params: Readonly<Record<string, unknown>>): string[] {
  const errado = (nome: string, valor: unknown): boolean => {
    if (nome === 'mensagem') return !textoServe(valor as string);
    if (nome === 'chave') return typeof valor === 'string' && (caracteres(valor) < 1 || caracteres(valor) > 64);
    if (['desde', 'esperarMs', 'detalhes', 'silenciada', 'permanente', 'silenciado'].includes(nome)) return false;
    if (nome === 'minutos') return typeof valor === 'number' && (valor < 0 || valor > 1_440);
    if (nome === 'topico') return typeof valor === 'string' && valor !== '' && !topicoServe(valor);
    if (nome === 'senha') return typeof valor === 'string' && caracteres(valor) > 128;
    if (valor == null) return false;
    return typeof valor !== 'string' || !nomeServe(valor);
  };
  return Object.entries(params)
    .filter(([nome, valor]) => errado(nome, valor))
    .map(([nome]) => nome);
}

function topicoServe(topico: string): boolean {
  return textoServe(topico) && caracteres(topico) <= 200 && !/\p{Cc}/u.test(topico);
}

function conferirProblemas(parametros: readonly string[], { error }: Resposta): void {
  const ditos = ((error?.data?.problemas ?? []) as { parametro: string }[]).map(({ parametro }) => parametro);
  igual([...new Set(ditos)].sort(), [...parametros].sort(), 'os parâmetros recusados');
}

function conferirSalas(estado: Estado, result: unknown, comDetalhes: boolean): void {
  const abertas = estado.salas
    .map((_, indice) => detalhesDe(estado, indice))
    .filter((_, indice) => estado.salas[indice]?.viva)
    .map(({ nomeSala, usuarios, ...detalhes }) => ({ nomeSala, usuarios, ...(comDetalhes ? detalhes : {}) }))
    .sort((a, b) => porCodePoint(a.nomeSala, b.nomeSala));
  igual(result, abertas, 'as salas abertas');
}
