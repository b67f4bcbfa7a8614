/**
 * Conduz uma história ao mesmo tempo no servidor e no modelo, e depois de cada passo compara o que toda sessão vê.
 * Fora do modelo, confere em cada resposta que nenhum texto privado chegou a quem não é dele.
 */

import type { Resposta } from '../suporte/jsonrpc.ts';
import type { Mensagem } from '../suporte/pessoas.ts';
import { type Acao, type Ato, PASSO_MS } from './historia.ts';
import {
  anotarPresenca,
  aplicar,
  avancar,
  type Chamada,
  comecarInstante,
  conferirMensagens,
  copiar,
  Discordancia,
  type Estado,
  estadoInicial,
  primeirasDepoisDe,
  reiniciar,
  varrer,
} from './modelo.ts';

export interface Pedido {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** O servidor de uma história, de verdade ou dentro do teste. */
export interface Servidor {
  /** Um batch, ou uma chamada só. */
  readonly chamar: (token: string | undefined, pedidos: readonly Pedido[]) => Promise<Resposta[]>;
  readonly reiniciar: (jeito: 'em_ordem' | 'morto') => Promise<void>;
  /** Passa o tempo e faz o que ele traz; só com o relógio nas mãos do teste. */
  readonly passarTempo?: (ms: number) => Promise<void>;
  readonly varrer?: () => Promise<void>;
  readonly acertarHora?: (ms: number) => void;
  readonly horaMs?: () => number;
  /** Deixa que tudo o que já podia acontecer aconteça. */
  readonly assentar: () => Promise<void>;
  readonly limiteDeMensagens: number;
  /** Até quando vem a resposta de uma espera que já acabou. */
  readonly prazoDaRespostaMs: number;
}

interface Espera {
  readonly quem: number;
  readonly sala: number;
  readonly desde: number;
  readonly venceMs: number;
  readonly resposta: Promise<Resposta>;
  chegou: boolean;
}

const MAXIMO_DE_SESSOES = 8;

export class Condutor {
  readonly #servidor: Servidor;
  /** O que se acrescenta ao fim dos nomes, quando o servidor já viu outras histórias. */
  readonly #sufixo: string;
  #estado: Estado;
  readonly #tokens: string[] = [];
  readonly #caladas = new Set<number>();
  #esperas: Espera[] = [];
  /** Marca de um texto privado → as sessões que o podem ver. */
  readonly #privados = new Map<string, readonly number[]>();
  #textos = 0;

  constructor(servidor: Servidor, sufixo = '') {
    this.#servidor = servidor;
    this.#sufixo = sufixo;
    this.#estado = estadoInicial(servidor.limiteDeMensagens, servidor.horaMs?.());
  }

  get tokens(): readonly string[] {
    return this.#tokens;
  }

  /** As marcas dos textos privados. */
  get segredos(): readonly string[] {
    return [...this.#privados.keys()];
  }

  /** @throws Discordancia, com o passo em que o servidor e o contrato se separaram */
  async conduzir(historia: readonly Acao[]): Promise<void> {
    for (const [indice, acao] of historia.entries()) {
      try {
        await this.#agir(acao);
        await this.#servidor.varrer?.();
        await this.#conferirEsperas();
        await this.#conferirTodos();
      } catch (erro) {
        if (erro instanceof Error) erro.message = `passo ${indice + 1}: ${erro.message}`;
        throw erro;
      }
    }
  }

  /** Encerra as sessões que sobraram, e com elas o que ainda espera. */
  async terminar(): Promise<void> {
    for (const token of this.#tokens) await this.#servidor.chamar(token, [{ method: 'encerrar_sessao', params: {} }]);
    await Promise.all(this.#esperas.map(({ resposta }) => resposta));
  }

  async #agir(acao: Acao): Promise<void> {
    switch (acao.faz) {
      case 'juntos':
        return this.#agirJuntos(acao.atos, acao.emBatch);
      case 'falar_muito':
        return this.#falarMuito(acao.quem, acao.vezes, acao.para);
      case 'esperar':
        return this.#esperar(acao.quem, acao.ms);
      case 'calar':
        if (this.#sessao(acao.quem) !== undefined) this.#caladas.add(this.#sessao(acao.quem) as number);
        return;
      case 'passar_tempo':
        for (let passo = 0; passo < acao.passos; passo += 1) await this.#passarTempo();
        return;
      case 'acertar_hora':
        this.#servidor.acertarHora?.(acao.ms);
        if (this.#estado.horaMs !== undefined) this.#estado.horaMs += acao.ms;
        return;
      case 'reiniciar':
        await this.#servidor.reiniciar(acao.jeito);
        this.#esperas = [];
        return reiniciar(this.#estado);
      default:
        return this.#agirJuntos([acao], false);
    }
  }

  /** Várias chamadas ao mesmo tempo: alguma ordem delas tem de explicar todas as respostas e o que se vê depois. */
  async #agirJuntos(atos: readonly Ato[], emBatch: boolean): Promise<void> {
    const feitos = emBatch ? deUmaPessoaSo(atos) : atos;
    const chamadas = feitos.map((ato) => this.#emChamada(ato)).filter((chamada) => chamada !== undefined);
    if (chamadas.length === 0) return;
    for (const { quem } of chamadas) this.#caladas.delete(quem ?? -1);
    const respostas = emBatch
      ? await this.#chamar(chamadas[0]?.quem, chamadas)
      : (await Promise.all(chamadas.map((chamada) => this.#chamar(chamada.quem, [chamada])))).flat();
    const antes = this.#estado.sessoes.length;
    await this.#explicar(chamadas, respostas);
    const nasceu = this.#estado.sessoes.length > antes;
    if (nasceu && atos.some((ato) => ato.faz === 'registrar' && ato.calada)) this.#caladas.add(antes);
  }

  async #explicar(chamadas: readonly Chamada[], respostas: readonly Resposta[]): Promise<void> {
    const antes = this.#estado;
    // O estado que explica as respostas tem de explicar também o que cada um vê depois delas.
    const vistas = chamadas.length > 1 ? await this.#olhar(antes) : [];
    let recusa: unknown;
    for (const ordem of ordens(chamadas.length)) {
      const depois = copiar(antes);
      comecarInstante(depois, chamadas.length > 1);
      try {
        for (const i of ordem) aplicar(depois, chamadas[i] as Chamada, respostas[i] as Resposta);
        for (const { chamada, resposta } of vistas) aplicar(depois, chamada, resposta);
        this.#estado = depois;
        this.#guardarTokens(ordem, chamadas, respostas);
        return;
      } catch (erro) {
        if (!(erro instanceof Discordancia)) throw erro;
        recusa ??= erro;
      }
    }
    const ditas = chamadas.map((chamada, i) => `${JSON.stringify(chamada)} → ${JSON.stringify(respostas[i])}`);
    (recusa as Error).message += `\n  ${ditas.join('\n  ')}`;
    throw recusa;
  }

  /** O que as sessões de antes veem agora, cada uma na sala em que o servidor diz que está. */
  async #olhar(antes: Estado) {
    const vistas: { chamada: Chamada; resposta: Resposta }[] = [];
    const ver = async (chamada: Chamada) => {
      const [resposta] = (await this.#chamar(chamada.quem, [chamada])) as [Resposta];
      vistas.push({ chamada, resposta });
      return resposta;
    };
    for (const [quem, { nome }] of antes.sessoes.entries()) {
      if (this.#caladas.has(quem)) continue;
      const { error } = await ver({ method: 'listar_usuarios', params: {}, quem });
      // Com uma sessão que acabou, retomá-la seria começar outra.
      if (error) continue;
      const { result } = await ver({ method: 'registrar_usuario', params: { nomeUsuario: nome }, quem });
      const params = { nomeUsuario: nome, salaAtual: result.sala as string };
      await ver({ method: 'receber_mensagens', params, quem });
    }
    return vistas;
  }

  #guardarTokens(ordem: readonly number[], chamadas: readonly Chamada[], respostas: readonly Resposta[]): void {
    for (const i of ordem) {
      const token = respostas[i]?.result?.token;
      const novo = chamadas[i]?.method === 'registrar_usuario' && token && !this.#tokens.includes(token);
      if (novo) this.#tokens.push(token);
    }
  }

  async #falarMuito(quem: number, vezes: number, para: string | undefined): Promise<void> {
    for (let vez = 0; vez < vezes; vez += 1) {
      await this.#agirJuntos([{ faz: 'enviar', quem, texto: 'Oi', ...(para === undefined ? {} : { para }) }], false);
    }
  }

  async #passarTempo(): Promise<void> {
    if (!this.#servidor.passarTempo) return;
    avancar(this.#estado, PASSO_MS);
    await this.#servidor.passarTempo(PASSO_MS);
    for (const { quem } of this.#esperas) anotarPresenca(this.#estado, quem);
    await this.#conferirEsperas();
    varrer(this.#estado);
    await this.#servidor.varrer?.();
    await this.#conferirEsperas();
  }

  async #esperar(quantos: number, ms: number): Promise<void> {
    const quem = this.#sessao(quantos);
    const sessao = quem === undefined ? undefined : this.#estado.sessoes[quem];
    if (quem === undefined || !sessao?.viva || sessao.sala === undefined) return;
    const sala = this.#estado.salas[sessao.sala];
    const desde = Math.max(0, ...(sala?.mensagens.map(({ id }) => id ?? 0) ?? []));
    this.#caladas.delete(quem);
    anotarPresenca(this.#estado, quem);
    const params = { nomeUsuario: sessao.nome, salaAtual: sala?.nome, desde, esperarMs: ms };
    const espera: Espera = {
      quem,
      sala: sessao.sala,
      desde,
      venceMs: this.#estado.agoraMs + ms,
      resposta: this.#chamar(quem, [{ method: 'receber_mensagens', params }]).then(([resposta]) => {
        espera.chegou = true;
        return resposta as Resposta;
      }),
      chegou: false,
    };
    // Um reinício rompe a conexão de quem esperava: não há o que conferir.
    espera.resposta.catch(() => {});
    await this.#servidor.assentar();
    for (const anterior of this.#esperas.filter((outra) => outra.quem === quem)) await this.#conferirVazia(anterior);
    this.#esperas.push(espera);
  }

  async #conferirEsperas(): Promise<void> {
    if (this.#esperas.length === 0) return;
    await this.#servidor.assentar();
    for (const espera of [...this.#esperas]) await this.#conferirEspera(espera);
  }

  async #conferirEspera(espera: Espera): Promise<void> {
    const { sessoes, salas, agoraMs } = this.#estado;
    const sala = salas[espera.sala] as Estado['salas'][number];
    if (sessoes[espera.quem]?.sala !== espera.sala) return this.#conferirVazia(espera);
    const novas = primeirasDepoisDe(sala, espera.quem, espera.desde);
    if (novas.length > 0) {
      const { result, error } = await this.#chegada(espera);
      // Quem saiu e voltou no mesmo passo pode ter tido a resposta de quem já não está lá.
      const saiu = novas.some(({ conteudo }) => conteudo === `${sessoes[espera.quem]?.nome} saiu da sala.`);
      if (saiu && (error || result.length === 0)) return;
      if (error || result.length === 0) throw new Discordancia(`a espera devia trazer algo: ${JSON.stringify(error)}`);
      const quais = () => primeirasDepoisDe(sala, espera.quem, espera.desde).slice(0, result.length);
      return conferirMensagens(sala, quais, result as Mensagem[]);
    }
    if (agoraMs >= espera.venceMs) return this.#conferirVazia(espera);
    if (espera.chegou) {
      throw new Discordancia(`nada chegou, e a espera acabou com ${JSON.stringify(await espera.resposta)}`);
    }
  }

  async #conferirVazia(espera: Espera): Promise<void> {
    const { result, error } = await this.#chegada(espera);
    const jaNaoEsta = error !== undefined && [2002, 2005, 2006].includes(error.code);
    if (!jaNaoEsta && JSON.stringify(result) !== '[]') {
      throw new Discordancia(`a espera devia acabar vazia, e deu ${JSON.stringify(error ?? result)}`);
    }
  }

  async #chegada(espera: Espera): Promise<Resposta> {
    this.#esperas = this.#esperas.filter((outra) => outra !== espera);
    let timer: NodeJS.Timeout | undefined;
    const prazo = new Promise<never>((_, reject) => {
      const romper = () => reject(new Discordancia('a espera devia ter acabado'));
      timer = setTimeout(romper, this.#servidor.prazoDaRespostaMs);
    });
    return Promise.race([espera.resposta, prazo]).finally(() => clearTimeout(timer));
  }

  /** Cada sessão que não está calada pergunta por tudo o que alcança, e pelo que não alcança. */
  async #conferirTodos(): Promise<void> {
    await this.#conferirListaDeSalas();
    for (const [quem, sessao] of this.#estado.sessoes.entries()) {
      if (this.#caladas.has(quem)) continue;
      const { nome } = sessao;
      const sala = sessao.sala === undefined ? undefined : this.#estado.salas[sessao.sala]?.nome;
      const alheia = this.#estado.salas.find((outra) => outra.viva && outra.nome !== sala)?.nome;
      const pedidos: Pedido[] = [{ method: 'listar_usuarios', params: {} }];
      if (sessao.viva) pedidos.push({ method: 'registrar_usuario', params: { nomeUsuario: nome } });
      for (const salaAtual of [sala, alheia]) {
        if (salaAtual === undefined) continue;
        pedidos.push({ method: 'receber_mensagens', params: { nomeUsuario: nome, salaAtual } });
      }
      const respostas = await this.#chamar(quem, pedidos);
      for (const [i, pedido] of pedidos.entries()) {
        aplicar(this.#estado, { ...pedido, quem }, respostas[i] as Resposta);
      }
    }
  }

  async #conferirListaDeSalas(): Promise<void> {
    const chamada: Chamada = { method: 'listar_salas', params: {}, quem: undefined };
    const [resposta] = (await this.#chamar(undefined, [chamada])) as [Resposta];
    const daHistoria = (resposta.result as { nomeSala: string }[]).filter(({ nomeSala }) =>
      nomeSala.endsWith(this.#sufixo),
    );
    aplicar(this.#estado, chamada, { ...resposta, result: daHistoria });
  }

  async #chamar(quem: number | undefined, pedidos: readonly Pedido[]): Promise<Resposta[]> {
    const token = quem === undefined ? undefined : this.#tokens[quem];
    const respostas = await this.#servidor.chamar(
      token,
      pedidos.map(({ method, params }) => ({ method, params })),
    );
    const texto = JSON.stringify(respostas);
    for (const [marca, podem] of this.#privados) {
      if (texto.includes(marca) && !podem.includes(quem ?? -1)) {
        throw new Discordancia(`a sessão ${quem} recebeu o texto privado "${marca}": ${texto}`);
      }
    }
    return respostas;
  }

  #sessao(quem: number): number | undefined {
    return this.#estado.sessoes.length === 0 ? undefined : quem % this.#estado.sessoes.length;
  }

  #emChamada(ato: Ato): Chamada | undefined {
    if (ato.faz === 'registrar') {
      if (this.#estado.sessoes.length >= MAXIMO_DE_SESSOES) return undefined;
      const quem = ato.comTokenDe === undefined ? undefined : this.#sessao(ato.comTokenDe);
      return { method: 'registrar_usuario', params: { nomeUsuario: this.#nome(ato.nome) }, quem };
    }
    const quem = this.#sessao(ato.quem);
    if (quem === undefined) return undefined;
    const sessao = this.#estado.sessoes[quem] as Estado['sessoes'][number];
    const atual = sessao.sala === undefined ? undefined : this.#estado.salas[sessao.sala]?.nome;
    const como = 'como' in ato && ato.como !== undefined ? this.#nome(ato.como) : sessao.nome;
    const salaDita = 'sala' in ato && ato.sala !== undefined ? this.#nome(ato.sala) : undefined;
    const salaAtual = salaDita ?? atual ?? this.#nome('Sala');
    switch (ato.faz) {
      case 'encerrar':
        return { method: 'encerrar_sessao', params: ato.como === undefined ? {} : { nomeUsuario: como }, quem };
      case 'sair':
        return { method: 'sair_da_sala', params: ato.como === undefined ? {} : { nomeUsuario: como }, quem };
      case 'criar':
        return { method: 'criar_sala', params: { nomeSala: salaDita as string }, quem };
      case 'entrar':
        return { method: 'entrar_sala', params: { nomeUsuario: como, nomeSala: salaDita as string }, quem };
      case 'listar_usuarios':
        return { method: 'listar_usuarios', params: salaDita === undefined ? {} : { nomeSala: salaDita }, quem };
      case 'ler':
        return this.#lerDesde(quem, como, salaAtual, ato.desde);
      case 'enviar':
        return this.#enviar(quem, como, salaAtual, ato);
    }
  }

  #lerDesde(quem: number, nomeUsuario: string, salaAtual: string, atras: number | undefined): Chamada {
    const sessao = this.#estado.sessoes[quem] as Estado['sessoes'][number];
    const ids =
      sessao.sala === undefined
        ? []
        : (this.#estado.salas[sessao.sala]?.mensagens ?? []).flatMap(({ id }) => (id === undefined ? [] : [id]));
    const desde = atras === undefined ? undefined : (ids.at(-1 - atras) ?? 0);
    const params = { nomeUsuario, salaAtual, ...(desde === undefined ? {} : { desde }) };
    return { method: 'receber_mensagens', params, quem };
  }

  #enviar(quem: number, nomeUsuario: string, salaAtual: string, ato: Extract<Ato, { faz: 'enviar' }>): Chamada {
    this.#textos += 1;
    const marca = `⟦${this.#textos}${this.#sufixo}⟧`;
    const cabe = ato.texto.length + marca.length <= 4000;
    const mensagem = ato.texto === '' || !cabe ? ato.texto : `${ato.texto}${marca}`;
    const destinatario = ato.para === undefined ? undefined : this.#nome(ato.para);
    const podem = destinatario === undefined ? undefined : this.#quemPodeSer(destinatario, quem);
    if (podem && mensagem.includes(marca)) this.#privados.set(marca, podem);
    const params = {
      nomeUsuario,
      salaAtual,
      mensagem,
      ...(destinatario === undefined ? {} : { destinatario }),
      ...(ato.chave === undefined ? {} : { chave: ato.chave }),
    };
    return { method: 'enviar_mensagem', params, quem };
  }

  /** Quem tem agora o nome do destinatário, ou pode passar a ter no meio de chamadas simultâneas; e o remetente. */
  #quemPodeSer(destinatario: string, remetente: number): number[] {
    const forma = (nome: string) => nome.trim().normalize('NFKC').toLowerCase();
    const donos = this.#estado.sessoes.flatMap(({ nome, viva }, indice) =>
      viva && forma(nome) === forma(destinatario) ? [indice] : [],
    );
    const porNascer = Array.from({ length: 3 }, (_, i) => this.#estado.sessoes.length + i);
    return [remetente, ...donos, ...(donos.length === 0 ? porNascer : [])];
  }

  #nome(base: string): string {
    return this.#sufixo === '' || base.trim() === '' ? base : `${base.trimEnd()}${this.#sufixo}`;
  }
}

/** Num batch todas são de quem tem o token dele. */
function deUmaPessoaSo(atos: readonly Ato[]): Ato[] {
  const quem =
    atos.map((ato) => ('quem' in ato ? ato.quem : ato.comTokenDe)).find((numero) => numero !== undefined) ?? 0;
  return atos.map((ato) => (ato.faz === 'registrar' ? { ...ato, comTokenDe: quem } : { ...ato, quem }));
}

function ordens(total: number): number[][] {
  if (total <= 1) return [Array.from({ length: total }, (_, i) => i)];
  return ordens(total - 1).flatMap((ordem) =>
    Array.from({ length: total }, (_, posicao) => [...ordem.slice(0, posicao), total - 1, ...ordem.slice(posicao)]),
  );
}
