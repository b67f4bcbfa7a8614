/**
 * Onde cada coisa fica no Redis. O que está entre chaves decide o hash slot (especificação do Redis Cluster, hash tags):
 * uma sala inteira num só, as sessões repartidas em faixas, e o que é de todos num slot próprio.
 */

import { nomeComparavel } from '../../../contract/nomes/nomes.ts';

/** Em quantas partes se dividem as sessões: mais que os Redis de qualquer cluster que se monte para isto. */
export const FAIXAS = 64;

export interface ChavesDaFaixa {
  /** Conta as sessões e os movimentos da faixa. */
  readonly contador: string;
  /** Hash do token → id da sessão. */
  readonly tokens: string;
  /** Id → a sessão em JSON. */
  readonly sessoes: string;
  /** Quem deu sinal de vida, e quando. */
  readonly presentes: string;
  /** Quem deixou de dar e já saiu da sala por isso, e quando dera o último. */
  readonly ausentes: string;
  /** As sessões de que nenhuma chamada veio ainda, e quando nasceram. */
  readonly novas: string;
  /** As sessões no meio de um movimento, e até quando ele vale. */
  readonly movimentos: string;
}

const porFaixa: readonly ChavesDaFaixa[] = Array.from({ length: FAIXAS }, (_, faixa) => {
  const chave = (nome: string) => `chat:{p${faixa}}:${nome}`;
  return {
    contador: chave('contador'),
    tokens: chave('tokens'),
    sessoes: chave('sessoes'),
    presentes: chave('presentes'),
    ausentes: chave('ausentes'),
    novas: chave('novas'),
    movimentos: chave('movimentos'),
  };
});

export function chavesDasFaixas(): readonly ChavesDaFaixa[] {
  return porFaixa;
}

/** O id de uma sessão diz a faixa dela. */
export function faixaDaSessao(sessaoId: number): number {
  return sessaoId % FAIXAS;
}

export function faixaDoToken(tokenHash: string): number {
  return Number.parseInt(tokenHash.slice(0, 2), 16) % FAIXAS;
}

export function chavesDaFaixa(faixa: number): ChavesDaFaixa {
  return porFaixa[faixa] as ChavesDaFaixa;
}

export interface ChavesDaSessao extends ChavesDaFaixa {
  /** Chave de repetição → o nome da sala em que se usou, como se compara. */
  readonly usos: string;
  /** As que `usos` tinha antes de encher. */
  readonly usosAntigos: string;
  /** As salas de que a sessão é dona, e talvez algumas de que já não é, pelo nome como se compara. */
  readonly proprias: string;
  /** As salas em que há mensagens privadas ou chaves de repetição da sessão, pelo nome como se compara. */
  readonly rastros: string;
}

export function chavesDaSessao(sessaoId: number): ChavesDaSessao {
  const faixa = faixaDaSessao(sessaoId);
  const daSessao = (nome: string) => `chat:{p${faixa}}:${nome}:${sessaoId}`;
  return {
    ...chavesDaFaixa(faixa),
    usos: daSessao('usos'),
    usosAntigos: daSessao('usos-antigos'),
    rastros: daSessao('rastros'),
    proprias: daSessao('proprias'),
  };
}

/** Os instantes das chamadas que ainda contam num limite de uma sessão. */
export function chaveDoRitmo(sessaoId: number, limite: string): string {
  return `chat:{p${faixaDaSessao(sessaoId)}}:ritmo:${limite}:${sessaoId}`;
}

/** De quem é um nome. */
export function chaveDoDono(nome: string): string {
  return `chat:{n:${nomeComparavel(nome)}}:dono`;
}

/** Os instantes dos registros de um endereço que ainda contam. */
export function chaveDosRegistros(rede: string): string {
  return `chat:{r:${rede}}:registros`;
}

export interface ChavesDaSala {
  /**
   * Id, nome, último id de mensagem, quantas vezes alguém entrou ou saiu, desde quando está vazia, se foi fechada; o dono
   * (id da sessão, nome, e nome como se compara), o que ele configurou, e quantas vezes isso mudou.
   */
  readonly dados: string;
  /** Id da sessão → nome. */
  readonly membros: string;
  /** O nome como se compara → id da sessão. */
  readonly nomes: string;
  /** As sessões que não podem falar. */
  readonly silenciados: string;
  /** O nome como se compara → até quando quem o tem não entra. */
  readonly expulsos: string;
  /** O que se disse a todos. */
  readonly mensagens: string;
  /** Quem entrou e quem saiu: todos veem, mas não está entre as últimas que se disseram. */
  readonly passagens: string;
  /** Id da sessão → o id da mensagem da sua entrada. */
  readonly entradas: string;
  /** Quem tem mensagens privadas na sala. */
  readonly comPrivadas: string;
  /** Id da sessão → o id da última privada que ela pode ver. */
  readonly ultimasPrivadas: string;
}

/** @param sala o nome como se compara */
export function chavesDaSala(sala: string): ChavesDaSala {
  const daSala = (nome: string) => `chat:{s:${sala}}:${nome}`;
  return {
    dados: daSala('dados'),
    membros: daSala('membros'),
    nomes: daSala('nomes'),
    silenciados: daSala('silenciados'),
    expulsos: daSala('expulsos'),
    mensagens: daSala('mensagens'),
    passagens: daSala('passagens'),
    entradas: daSala('entradas'),
    comPrivadas: daSala('com-privadas'),
    ultimasPrivadas: daSala('ultimas-privadas'),
  };
}

/**
 * Onde se avisa de cada mensagem da sala.
 * @param banco o número do banco de dados: um canal é o mesmo em todos os do Redis
 */
export function canalDaSala(sala: string, banco: number): string {
  return `chat:${banco}:{s:${sala}}:avisos`;
}

/**
 * Onde se avisa de cada sessão da faixa que acaba.
 * @param banco o número do banco de dados
 */
export function canalDosFins(faixa: number, banco: number): string {
  return `chat:${banco}:{p${faixa}}:fins`;
}

/**
 * Onde se conta em que servidor cada sessão espera.
 * @param banco o número do banco de dados
 */
export function canalDasEsperas(banco: number): string {
  return `chat:${banco}:{esperas}:chegadas`;
}

/** As mensagens privadas que uma sessão pode ver na sala. */
export function chaveDasPrivadas(sala: string, sessaoId: number | string): string {
  return `chat:{s:${sala}}:privadas:${sessaoId}`;
}

/** Chave de repetição → a mensagem que a sessão enviou à sala com ela. */
export function chavesDosEnvios(sala: string, sessaoId: number): { readonly envios: string; readonly antigos: string } {
  return { envios: `chat:{s:${sala}}:envios:${sessaoId}`, antigos: `chat:{s:${sala}}:envios-antigos:${sessaoId}` };
}

export const INDICE = {
  /** O nome como se compara → id e nome da sala, e quem a criou. */
  salas: 'chat:{salas}:salas',
  /** As que podem estar sem ninguém, e desde quando. */
  vazias: 'chat:{salas}:vazias',
  /** As que saíram do índice e talvez ainda tenham o que apagar. */
  removidas: 'chat:{salas}:removidas',
  contador: 'chat:{salas}:contador',
  /** O nome como se compara → quantas vezes alguém entrou ou saiu, e quantos estão. */
  ocupacao: 'chat:{salas}:ocupacao',
  /** O nome como se compara → quantas vezes mudou o que o dono configurou, e isso em JSON. */
  detalhes: 'chat:{salas}:detalhes',
  /** O nome como se compara das que ficam quando não há ninguém → a sessão do dono. */
  permanentes: 'chat:{salas}:permanentes',
  /** Cresce a cada mudança do que se lista. */
  versao: 'chat:{salas}:versao',
  /** Nenhuma mensagem de sala removida tem id maior: onde uma sala nova começa a contar. */
  piso: 'chat:{salas}:piso',
} as const;

/** As salas que uma pessoa criou, e as criadas de um endereço: o nome como se compara → id da sala. */
export function chavesDosCriadores(sessaoId: number, rede: string): { daPessoa: string; daRede: string } {
  return { daPessoa: `chat:{salas}:criadas-por:${sessaoId}`, daRede: `chat:{salas}:criadas-de:${rede}` };
}

/** O relógio dos dados, que os servidores dividem. */
export const RELOGIO = 'chat:{relogio}:tempo';

/** Quem varre, e até quando. */
export const VARREDURA = 'chat:{varredura}:estado';

/** Cresce a cada nome que nasce ou acaba. */
export const VERSAO_DOS_NOMES = 'chat:{nomes}:versao';

/** O número do formato dos dados; sem ele, são da versão 1.0.0. */
export const FORMATO = 'chat:{dados}:formato';

/** Quem passa os dados a esse formato, e até quando. */
export const MIGRACAO = 'chat:{dados}:migracao';
