/**
 * Conduz uma história ao mesmo tempo no servidor e no modelo, e depois de cada passo compara o que toda sessão vê.
 * Fora do modelo, confere em cada resposta que nenhum texto privado chegou a quem não é dele.
 */

import type { Resposta } from '../../scripts/comum/jsonrpc.ts';
import { type Acao, type Ato, PASSO_MS, SENHAS } from './historia.ts';
import { Discordancia } from './modelo/discordancia.ts';
import { Esperas } from './modelo/esperas.ts';
import {
  anotarPresenca,
  avancar,
  comecarInstante,
  copiar,
  type Estado,
  estadoInicial,
  reiniciar,
  varrer,
} from './modelo/estado.ts';
import { visiveis } from './modelo/mensagens-esperadas.ts';
import { aplicar, type Chamada } from './modelo/modelo.ts';
import type { Pedido, Servidor } from './servidores/servidor.ts';
import { Tradutor } from './tradutor.ts';

export class Condutor {
  readonly #servidor: Servidor;
  /** O que se acrescenta ao fim dos nomes, quando o servidor já viu outras histórias. */
  readonly #sufixo: string;
  #estado: Estado;
  readonly #tokens: string[] = [];
  readonly #caladas = new Set<number>();
  readonly #esperas: Esperas;
  readonly #tradutor: Tradutor;

  constructor(servidor: Servidor, sufixo = '') {
    this.#servidor = servidor;
    this.#sufixo = sufixo;
    this.#estado = estadoInicial(servidor.limiteDeMensagens, servidor.horaMs?.());
    this.#esperas = new Esperas(() => this.#estado, servidor);
    this.#tradutor = new Tradutor(() => this.#estado, sufixo);
  }

  get tokens(): readonly string[] {
    return this.#tokens;
  }

  /** As marcas dos textos privados. */
  get segredos(): readonly string[] {
    return [...this.#tradutor.privados.keys()];
  }

  /** @throws Discordancia, com o passo em que o servidor e o contrato se separaram */
  async conduzir(historia: readonly Acao[]): Promise<void> {
    for (const [indice, acao] of historia.entries()) {
      try {
        await this.#agir(acao);
        await this.#servidor.varrer?.();
        await this.#esperas.conferir();
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
    await this.#esperas.terminar();
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
        if (this.#tradutor.sessao(acao.quem) !== undefined)
          this.#caladas.add(this.#tradutor.sessao(acao.quem) as number);
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
        this.#esperas.romper();
        return reiniciar(this.#estado);
      default:
        return this.#agirJuntos([acao], false);
    }
  }

  /** Várias chamadas ao mesmo tempo: alguma ordem delas tem de explicar todas as respostas e o que se vê depois. */
  async #agirJuntos(atos: readonly Ato[], emBatch: boolean): Promise<void> {
    const feitos = emBatch ? deUmaPessoaSo(atos) : atos;
    const chamadas = feitos.map((ato) => this.#tradutor.emChamada(ato)).filter((chamada) => chamada !== undefined);
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
    const vistas: { chamada: Chamada; resposta: Resposta }[] = [await this.#verSalas(true)];
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
      // Quem entrou e quem saiu também, que sem o cursor não se dá.
      const sala = antes.salas.findLast((outra) => outra.viva && outra.nome === result.sala);
      const desde = Math.max(0, ...(sala?.mensagens.map(({ id }) => id ?? 0) ?? []));
      await ver({ method: 'receber_mensagens', params: { ...params, desde }, quem });
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
    for (const quem of this.#esperas.quemEspera()) anotarPresenca(this.#estado, quem);
    await this.#esperas.conferir();
    varrer(this.#estado);
    await this.#servidor.varrer?.();
    await this.#esperas.conferir();
  }

  async #esperar(quantos: number, ms: number): Promise<void> {
    const quem = this.#tradutor.sessao(quantos);
    const sessao = quem === undefined ? undefined : this.#estado.sessoes[quem];
    if (quem === undefined || !sessao?.viva || sessao.sala === undefined) return;
    const sala = this.#estado.salas[sessao.sala];
    const desde = Math.max(0, ...(sala?.mensagens.map(({ id }) => id ?? 0) ?? []));
    this.#caladas.delete(quem);
    anotarPresenca(this.#estado, quem);
    const params = { nomeUsuario: sessao.nome, salaAtual: sala?.nome, desde, esperarMs: ms };
    const resposta = this.#chamar(quem, [{ method: 'receber_mensagens', params }]);
    await this.#esperas.abrir({ quem, sala: sessao.sala, desde, ms }, resposta);
  }

  /** Cada sessão que não está calada pergunta por tudo o que alcança, e pelo que não alcança. */
  async #conferirTodos(): Promise<void> {
    await this.#conferirListaDeSalas();
    for (const [quem, sessao] of this.#estado.sessoes.entries()) {
      if (this.#caladas.has(quem)) continue;
      await this.#verTudo(quem);
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

  /** Lê desde a primeira mensagem que ninguém viu ainda: sem o cursor não se dá quem entrou e quem saiu. */
  async #verTudo(quem: number): Promise<void> {
    for (;;) {
      const { nome, sala: indice, viva } = this.#estado.sessoes[quem] as Estado['sessoes'][number];
      const sala = indice === undefined ? undefined : this.#estado.salas[indice];
      if (!viva || !sala) return;
      const vistas = visiveis(sala, quem);
      const primeira = vistas.findIndex(({ id }) => id === undefined);
      if (primeira < 0) return;
      const params = { nomeUsuario: nome, salaAtual: sala.nome, desde: vistas[primeira - 1]?.id ?? 0 };
      const [resposta] = (await this.#chamar(quem, [{ method: 'receber_mensagens', params }])) as [Resposta];
      aplicar(this.#estado, { method: 'receber_mensagens', params, quem }, resposta);
    }
  }

  async #conferirListaDeSalas(): Promise<void> {
    for (const comDetalhes of [false, true]) {
      const { chamada, resposta } = await this.#verSalas(comDetalhes);
      aplicar(this.#estado, chamada, resposta);
    }
  }

  async #verSalas(detalhes: boolean): Promise<{ chamada: Chamada; resposta: Resposta }> {
    const chamada: Chamada = { method: 'listar_salas', params: { detalhes }, quem: undefined };
    const [resposta] = (await this.#chamar(undefined, [chamada])) as [Resposta];
    const daHistoria = (resposta.result as { nomeSala: string }[]).filter(({ nomeSala }) =>
      nomeSala.endsWith(this.#sufixo),
    );
    return { chamada, resposta: { ...resposta, result: daHistoria } };
  }

  async #chamar(quem: number | undefined, pedidos: readonly Pedido[]): Promise<Resposta[]> {
    const token = quem === undefined ? undefined : this.#tokens[quem];
    const respostas = await this.#servidor.chamar(
      token,
      pedidos.map(({ method, params }) => ({ method, params })),
    );
    const texto = JSON.stringify(respostas);
    const senha = SENHAS.find((uma) => texto.includes(uma));
    if (senha !== undefined) throw new Discordancia(`a senha "${senha}" veio numa resposta: ${texto}`);
    for (const [marca, podem] of this.#tradutor.privados) {
      if (texto.includes(marca) && !podem.includes(quem ?? -1)) {
        throw new Discordancia(`a sessão ${quem} recebeu o texto privado "${marca}": ${texto}`);
      }
    }
    return respostas;
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
