/**
 * As mensagens mais novas, na memória: quem acompanha a conversa é servido sem consulta, e todos pelo mesmo objeto.
 * O que está guardado decide: uma cauda só responde pelo que tem inteiro, e o que foi desfeito é esquecido.
 */

import { MENSAGENS_POR_PAGINA, type Mensagem } from '../contract/chat.ts';

/** Quem fica para trás numa sala agitada ainda as alcança; a metade mais antiga sai de uma vez. */
const MAXIMO_POR_SALA = 20 * MENSAGENS_POR_PAGINA;

/** O que uma mensagem ocupa além do seu conteúdo, em caracteres. */
const PESO_SEM_CONTEUDO = 200;
/**
 * Somadas todas as salas: umas 5.000 mensagens curtas, ou 300 das maiores. A que está também entre as últimas ditas conta
 * duas vezes.
 */
const MAXIMO_AO_TODO = 1_250_000;

export interface Recente {
  readonly mensagem: Mensagem;
  /** Diz quem entrou ou quem saiu: não está entre as últimas que se disseram. */
  readonly passagem?: boolean;
  /** As sessões que podem vê-la; `undefined` para todas. */
  readonly visivelPara: readonly number[] | undefined;
}

interface Pagina {
  readonly desde: number;
  readonly mensagens: readonly Mensagem[];
}

interface Cauda {
  /** A cauda tem tudo o que a sala tem depois deste id. */
  desde: number;
  readonly recentes: Recente[];
  peso: number;
  /** A última resposta, se todos podem vê-la: quem faz a mesma pergunta recebe a mesma lista. */
  pagina: Pagina | undefined;
  /** As últimas que se disseram a todos, até uma página, se já foram lidas; algumas podem ser mais antigas que `desde`. */
  ditas: Mensagem[] | undefined;
}

/** @typeParam Sala como o store chama uma sala */
export class Recentes<Sala> {
  /** Em ordem da última gravação, ou da última leitura do store: a sala parada há mais tempo vem primeiro. */
  readonly #caudas = new Map<Sala, Cauda>();
  #peso = 0;

  /**
   * @param anterior um id que nenhuma outra mensagem da sala ultrapassa
   * @param mensagem já congelada
   */
  acrescentar(sala: Sala, anterior: number, recente: Recente): void {
    const cauda = this.#usar(sala, anterior);
    cauda.pagina = undefined;
    cauda.recentes.push(recente);
    this.#pesar(cauda, pesoDe(recente.mensagem));
    if (!recente.passagem && !recente.visivelPara) this.#dizer(cauda, recente.mensagem);
    if (cauda.recentes.length > MAXIMO_POR_SALA || cauda.peso > MAXIMO_AO_TODO / 2) this.#encurtar(cauda);
    this.#caber();
  }

  /**
   * Guarda as últimas que se disseram a todos, lidas do store; daqui em diante a cauda as mantém em dia.
   * @param ultimo um id que nenhuma mensagem da sala ultrapassa
   * @param ditas até uma página, da mais antiga à mais nova, já congeladas
   */
  lembrarDitas(sala: Sala, ultimo: number, ditas: readonly Mensagem[]): void {
    const cauda = this.#usar(sala, ultimo);
    for (const antiga of cauda.ditas ?? []) this.#pesar(cauda, -pesoDe(antiga));
    cauda.ditas = [];
    for (const mensagem of ditas) this.#dizer(cauda, mensagem);
    this.#caber();
  }

  /** Esquece o que a cauda tinha: daqui em diante ela tem tudo o que a sala tem depois deste id. */
  recomecar(sala: Sala, desde: number): void {
    this.esquecer(sala);
    this.#usar(sala, desde);
  }

  /**
   * As primeiras depois de um id, entre as que a sessão pode ver.
   * @returns `undefined` se parte delas só está no que se guardou
   */
  depoisDe(sala: Sala, sessaoId: number, desde: number): readonly Mensagem[] | undefined {
    const cauda = this.#caudas.get(sala);
    if (!cauda || desde < cauda.desde) return undefined;
    if (cauda.pagina?.desde === desde) return cauda.pagina.mensagens;
    const mensagens: Mensagem[] = [];
    let deTodos = true;
    for (let lugar = primeiroDepoisDe(cauda.recentes, desde); lugar < cauda.recentes.length; lugar += 1) {
      const recente = cauda.recentes[lugar] as Recente;
      deTodos &&= recente.visivelPara === undefined;
      if (podeVer(sessaoId, recente)) mensagens.push(recente.mensagem);
      if (mensagens.length === MENSAGENS_POR_PAGINA) break;
    }
    if (deTodos) cauda.pagina = { desde, mensagens: Object.freeze(mensagens) };
    return mensagens;
  }

  /**
   * As últimas que se disseram a todos, até uma página, da mais antiga à mais nova.
   * @returns `undefined` se a cauda não as tem
   */
  ditas(sala: Sala): readonly Mensagem[] | undefined {
    return this.#caudas.get(sala)?.ditas;
  }

  /** A mensagem com esse id, se está na cauda. */
  buscar(sala: Sala, id: number): Mensagem | undefined {
    const cauda = this.#caudas.get(sala);
    if (!cauda || id <= cauda.desde) return undefined;
    const achada = cauda.recentes[primeiroDepoisDe(cauda.recentes, id - 1)]?.mensagem;
    return achada?.id === id ? achada : undefined;
  }

  esquecer(sala: Sala): void {
    this.#peso -= this.#caudas.get(sala)?.peso ?? 0;
    this.#caudas.delete(sala);
  }

  esquecerTodas(): void {
    this.#caudas.clear();
    this.#peso = 0;
  }

  /** A cauda da sala, posta no fim da fila; se não há, nasce uma que tem tudo o que vier depois de `desde`. */
  #usar(sala: Sala, desde: number): Cauda {
    const cauda = this.#caudas.get(sala) ?? { desde, recentes: [], peso: 0, pagina: undefined, ditas: undefined };
    this.#caudas.delete(sala);
    this.#caudas.set(sala, cauda);
    return cauda;
  }

  #dizer(cauda: Cauda, mensagem: Mensagem): void {
    if (!cauda.ditas) return;
    cauda.ditas.push(mensagem);
    this.#pesar(cauda, pesoDe(mensagem));
    if (cauda.ditas.length > MENSAGENS_POR_PAGINA) this.#pesar(cauda, -pesoDe(cauda.ditas.shift() as Mensagem));
  }

  #caber(): void {
    for (const [maisParada] of this.#caudas) {
      if (this.#peso <= MAXIMO_AO_TODO) break;
      this.esquecer(maisParada);
    }
  }

  /** Tira metade de uma vez: tirar uma a cada mensagem nova custaria a cada mensagem. */
  #encurtar(cauda: Cauda): void {
    const fora = cauda.recentes.splice(0, Math.ceil(cauda.recentes.length / 2));
    cauda.desde = (fora.at(-1) as Recente).mensagem.id;
    for (const { mensagem } of fora) this.#pesar(cauda, -pesoDe(mensagem));
  }

  #pesar(cauda: Cauda, peso: number): void {
    cauda.peso += peso;
    this.#peso += peso;
  }
}

function pesoDe({ conteudo }: Mensagem): number {
  return PESO_SEM_CONTEUDO + conteudo.length;
}

function podeVer(sessaoId: number, { visivelPara }: Recente): boolean {
  return visivelPara === undefined || visivelPara.includes(sessaoId);
}

/** Os ids crescem, e quem lê quase sempre está perto do fim: a busca começa pelo fim. */
function primeiroDepoisDe(recentes: readonly Recente[], desde: number): number {
  let lugar = recentes.length;
  while (lugar > 0 && (recentes[lugar - 1] as Recente).mensagem.id > desde) lugar -= 1;
  return lugar;
}
