/**
 * O contrato em miniatura: sessões, salas, mensagens, quem vê o quê. Foi escrito a partir do contrato, sem olhar o
 * servidor, e é só dados: uma cópia dele serve para experimentar outra ordem das chamadas simultâneas.
 *
 * O que o contrato não fixa (o id de uma mensagem, a ordem de duas saídas no mesmo instante) o modelo aprende na
 * primeira resposta que o mostra, e cobra dali em diante, de todos.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Resposta } from '../suporte/jsonrpc.ts';
import type { Mensagem } from '../suporte/pessoas.ts';
import { caracteres, mesmoNome, nomeGuardado, nomeServe, textoServe } from './nomes-do-contrato.ts';

const PAGINA = 50;
const USUARIO_AUSENTE_MS = 60_000;
const SESSAO_EXPIRA_MS = 1_800_000;
const REGISTRO_SEM_CHAMADA_MS = 300_000;
const SALA_INATIVA_MS = 300_000;

export interface MensagemEsperada {
  id: number | undefined;
  readonly tipo: Mensagem['tipo'];
  readonly origem: string;
  readonly destino: string;
  readonly conteudo: string;
  /** `undefined` quando o relógio é o do mundo. */
  readonly timestamp: string | undefined;
  /** As sessões que a veem. */
  readonly visivelPara: 'todos' | readonly number[];
  /** Mensagens do mesmo instante, cuja ordem entre si só se sabe ao vê-las. */
  readonly juntas: number | undefined;
}

interface Sala {
  readonly nome: string;
  viva: boolean;
  readonly mensagens: MensagemEsperada[];
  /** Todo id desta sala é maior que este: o último da sala anterior de mesmo nome. */
  readonly depoisDe: number;
  vaziaDesdeMs: number;
}

interface Sessao {
  readonly nome: string;
  viva: boolean;
  sala: number | undefined;
  /** Idempotency key → a resposta da primeira vez. */
  readonly chaves: Map<string, Mensagem>;
  readonly nasceuMs: number;
  ultimaMs: number;
  confirmada: boolean;
  /** Envios que contam para o limite, desde que o relógio andou. */
  enviosAgora: number;
}

export interface Estado {
  agoraMs: number;
  horaMs: number | undefined;
  /** 0 para nenhum. */
  readonly limiteDeMensagens: number;
  readonly sessoes: Sessao[];
  readonly salas: Sala[];
  /** O que acontece ao mesmo tempo: numa varredura, ou em chamadas simultâneas. */
  instante: number;
  aoMesmoTempo: boolean;
}

export interface Chamada {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** A sessão cujo token vai junto; `undefined` para nenhum. */
  readonly quem: number | undefined;
}

/** A resposta não é a do contrato. */
export class Discordancia extends Error {
  override readonly name = 'Discordancia';
}

export function estadoInicial(limiteDeMensagens: number, horaMs: number | undefined): Estado {
  return { agoraMs: 0, horaMs, limiteDeMensagens, sessoes: [], salas: [], instante: 0, aoMesmoTempo: false };
}

export function copiar(estado: Estado): Estado {
  return structuredClone(estado);
}

type Esperado = { readonly erro: number; readonly parametros?: readonly string[] } | { readonly sucesso: () => void };

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
  if (method === 'listar_salas') return { sucesso: () => conferirSalas(estado, result) };
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
        chaves: new Map(),
        nasceuMs: estado.agoraMs,
        ultimaMs: estado.agoraMs,
        confirmada: false,
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
          criar(estado, nomeSala as string);
        },
      };
    case 'entrar_sala':
      if (!sala || indice === undefined) return { erro: 2005 };
      return {
        sucesso: () => {
          if (sessao.sala !== indice) entrar(estado, quem, indice);
          igual(result.nomeSala, sala.nome, 'o nome da sala');
          igual(result.usuarios, nomesNaSala(estado, indice), 'quem está na sala');
          conferirMensagens(sala, () => ultimas(sala, quem), result.mensagens);
        },
      };
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
      throw new Error(`o modelo não conhece ${method}`);
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
    if (nome === 'desde' || nome === 'esperarMs') return false;
    if (valor == null) return false;
    return typeof valor !== 'string' || !nomeServe(valor);
  };
  return Object.entries(params)
    .filter(([nome, valor]) => errado(nome, valor))
    .map(([nome]) => nome);
}

function conferirProblemas(parametros: readonly string[], { error }: Resposta): void {
  const ditos = ((error?.data?.problemas ?? []) as { parametro: string }[]).map(({ parametro }) => parametro);
  igual([...new Set(ditos)].sort(), [...parametros].sort(), 'os parâmetros recusados');
}

function conferirSalas(estado: Estado, result: unknown): void {
  const abertas = estado.salas
    .map((sala, indice) => ({ sala, usuarios: nomesNaSala(estado, indice).length }))
    .filter(({ sala }) => sala.viva)
    .map(({ sala, usuarios }) => ({ nomeSala: sala.nome, usuarios }))
    .sort((a, b) => porCodePoint(a.nomeSala, b.nomeSala));
  igual(result, abertas, 'as salas abertas');
}

function criar(estado: Estado, nomeSala: string): void {
  const anteriores = estado.salas.filter(({ nome }) => mesmoNome(nome, nomeSala));
  const depoisDe = Math.max(-1, ...anteriores.flatMap(({ mensagens }) => mensagens.map(({ id }) => id ?? -1)));
  estado.salas.push({
    nome: nomeGuardado(nomeSala),
    viva: true,
    mensagens: [],
    depoisDe,
    vaziaDesdeMs: estado.agoraMs,
  });
}

function entrar(estado: Estado, quem: number, sala: number): void {
  sair(estado, quem);
  (estado.sessoes[quem] as Sessao).sala = sala;
  anunciar(estado, sala, `${(estado.sessoes[quem] as Sessao).nome} entrou na sala.`);
}

function sair(estado: Estado, quem: number): void {
  const sessao = estado.sessoes[quem] as Sessao;
  if (sessao.sala === undefined) return;
  anunciar(estado, sessao.sala, `${sessao.nome} saiu da sala.`);
  const { sala } = sessao;
  sessao.sala = undefined;
  if (nomesNaSala(estado, sala).length === 0) (estado.salas[sala] as Sala).vaziaDesdeMs = estado.agoraMs;
}

function encerrar(estado: Estado, quem: number): void {
  sair(estado, quem);
  (estado.sessoes[quem] as Sessao).viva = false;
}

function anunciar(estado: Estado, sala: number, conteudo: string): void {
  (estado.salas[sala] as Sala).mensagens.push({
    id: undefined,
    tipo: 'broadcast',
    origem: 'SERVER',
    destino: 'todos',
    conteudo,
    timestamp: timestampDe(estado),
    visivelPara: 'todos',
    juntas: estado.aoMesmoTempo ? estado.instante : undefined,
  });
}

/** O servidor parou e voltou: os prazos recomeçam, e o que foi reconhecido está lá. */
export function reiniciar(estado: Estado): void {
  for (const sessao of estado.sessoes) {
    sessao.ultimaMs = estado.agoraMs;
    (sessao as { nasceuMs: number }).nasceuMs = estado.agoraMs;
    sessao.enviosAgora = 0;
  }
  for (const sala of estado.salas) sala.vaziaDesdeMs = estado.agoraMs;
}

/** O tempo passa; o que venceu só acaba em `varrer`. */
export function avancar(estado: Estado, ms: number): void {
  estado.agoraMs += ms;
  if (estado.horaMs !== undefined) estado.horaMs += ms;
  for (const sessao of estado.sessoes) sessao.enviosAgora = 0;
}

export function anotarPresenca(estado: Estado, quem: number): void {
  const sessao = estado.sessoes[quem];
  if (sessao?.viva) sessao.ultimaMs = estado.agoraMs;
}

/** O que acaba por si, acabou. */
export function varrer(estado: Estado): void {
  comecarInstante(estado, true);
  for (const [quem, sessao] of estado.sessoes.entries()) {
    if (!sessao.viva) continue;
    const caladaMs = estado.agoraMs - sessao.ultimaMs;
    const nuncaChamou = !sessao.confirmada && estado.agoraMs - sessao.nasceuMs >= REGISTRO_SEM_CHAMADA_MS;
    if (nuncaChamou || caladaMs >= SESSAO_EXPIRA_MS) encerrar(estado, quem);
    else if (caladaMs >= USUARIO_AUSENTE_MS) sair(estado, quem);
  }
  for (const [indice, sala] of estado.salas.entries()) {
    const vazia = sala.viva && nomesNaSala(estado, indice).length === 0;
    if (vazia && estado.agoraMs - sala.vaziaDesdeMs >= SALA_INATIVA_MS) sala.viva = false;
  }
}

/** @param aoMesmoTempo se a ordem do que vem até o próximo instante só se saberá ao vê-la */
export function comecarInstante(estado: Estado, aoMesmoTempo: boolean): void {
  estado.instante += 1;
  estado.aoMesmoTempo = aoMesmoTempo;
}

function salaDeNome(estado: Estado, nome: string): number | undefined {
  const indice = estado.salas.findIndex((sala) => sala.viva && mesmoNome(sala.nome, nome));
  return indice < 0 ? undefined : indice;
}

function nomesNaSala(estado: Estado, sala: number): string[] {
  return estado.sessoes
    .filter((sessao) => sessao.viva && sessao.sala === sala)
    .map(({ nome }) => nome)
    .sort(porCodePoint);
}

function visiveis(sala: Sala, quem: number): MensagemEsperada[] {
  return sala.mensagens.filter(({ visivelPara }) => visivelPara === 'todos' || visivelPara.includes(quem));
}

function ultimas(sala: Sala, quem: number): MensagemEsperada[] {
  return visiveis(sala, quem).slice(-PAGINA);
}

/** Uma mensagem que ninguém viu ainda é mais nova que todas as que se viram. */
export function primeirasDepoisDe(sala: Sala, quem: number, desde: number): MensagemEsperada[] {
  return visiveis(sala, quem)
    .filter(({ id }) => id === undefined || id > desde)
    .slice(0, PAGINA);
}

/**
 * Compara as mensagens de uma resposta com as esperadas, e aprende os ids que ainda não se sabiam.
 * @param quais as esperadas, como a sala está: o que aconteceu ao mesmo tempo pode ainda mudar de lugar nela
 */
export function conferirMensagens(sala: Sala, quais: () => MensagemEsperada[], vistas: readonly Mensagem[]): void {
  for (const [indice, vista] of vistas.entries()) {
    if (quais()[indice]?.conteudo !== vista.conteudo) trazerPara(sala, quais()[indice], vista);
    const esperada = quais()[indice];
    const frase = () => `as mensagens deviam ser ${textos(quais())}, e foram ${textos(vistas)}`;
    if (!esperada) throw new Discordancia(frase());
    if (esperada.id === undefined) aprender(sala, esperada, vista, frase);
    const { id, tipo, origem, destino, conteudo } = esperada;
    const timestamp = esperada.timestamp ?? vista.timestamp;
    igual(vista, { id, sala: sala.nome, tipo, origem, destino, conteudo, timestamp }, 'a mensagem');
    exigir(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(timestamp), () => `não é um instante: ${timestamp}`);
  }
  exigir(quais().length === vistas.length, () => `deviam ser ${textos(quais())}, e foram ${textos(vistas)}`);
}

/** A ordem do que aconteceu ao mesmo tempo só se sabe ao vê-la. */
function trazerPara(sala: Sala, antes: MensagemEsperada | undefined, vista: Mensagem): void {
  const de = sala.mensagens.findIndex(
    ({ id, juntas, conteudo }) =>
      id === undefined && juntas !== undefined && juntas === antes?.juntas && conteudo === vista.conteudo,
  );
  if (de < 0 || !antes) return;
  const [mudada] = sala.mensagens.splice(de, 1) as [MensagemEsperada];
  sala.mensagens.splice(sala.mensagens.indexOf(antes), 0, mudada);
}

function aprender(sala: Sala, esperada: MensagemEsperada, vista: Mensagem, frase: () => string): void {
  esperada.id = vista.id;
  const conhecidos = [sala.depoisDe, ...sala.mensagens.flatMap(({ id }) => (id === undefined ? [] : [id]))];
  const crescem = conhecidos.every((id, posicao) => posicao === 0 || id > (conhecidos[posicao - 1] as number));
  exigir(crescem && Number.isSafeInteger(vista.id), () => `os ids não crescem (${conhecidos.join(', ')}): ${frase()}`);
}

function textos(mensagens: readonly { readonly id: number | undefined; readonly conteudo: string }[]): string {
  return JSON.stringify(mensagens.map(({ id, conteudo }) => `${id ?? '?'}: ${conteudo.slice(0, 40)}`));
}

function timestampDe({ horaMs }: Estado): string | undefined {
  return horaMs === undefined ? undefined : new Date(horaMs).toISOString();
}

function porCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function igual(visto: unknown, esperado: unknown, oQue: string): void {
  exigir(
    isDeepStrictEqual(visto, esperado),
    () => `${oQue}: devia ser ${JSON.stringify(esperado)}, e foi ${JSON.stringify(visto)}`,
  );
}

function exigir(condicao: boolean, frase: () => string): void {
  if (!condicao) throw new Discordancia(frase());
}
