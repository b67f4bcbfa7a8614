/** O que o dono faz na sua sala: primeiro se vê se pode, depois se ocupa o limite, e por último um script age. */

import type { Sala } from '../../contract/chat.ts';
import { ContractError } from '../../contract/errors.ts';
import { nomeComparavel } from '../../contract/nomes/nomes.ts';
import { textoDaExpulsao, textoDoSilencio, textoDoSilencioDaSala, textoDoTopico } from '../../dominio/salas.ts';
import type { Clock } from '../../process/clock.ts';
import type { RedisConnection } from '../../redis/connection.ts';
import type { RelogioDividido } from '../../redis/relogio-dividido.ts';
import { exigirOutro } from '../alvo-do-dono.ts';
import type { AtoDoDono, Configuracao, Expulsao, Passagem, Silencio } from '../store.ts';
import type { Indice, SalaBuscada } from './estado/indice.ts';
import type { Limites } from './estado/limites.ts';
import type { Limpeza } from './estado/limpeza.ts';
import { argumentosDaSala, NOVO_DONO } from './estado/salas.ts';
import type { Sessoes } from './estado/sessoes.ts';
import { chavesDaSala } from './formato/chaves.ts';
import { type DetalhesGuardados, emSala, type Situacao } from './formato/registros.ts';
import type { Herancas } from './herancas.ts';
import type { Movimentos } from './movimentos.ts';
import { configurarNaSala, expulsarDaSala, passarNaSala, silenciarNaSala, verSala } from './scripts/donos.ts';

interface Dependencias {
  readonly redis: RedisConnection;
  readonly relogio: RelogioDividido;
  readonly clock: Clock;
  readonly historia: number;
  readonly sessoes: Sessoes;
  readonly indice: Indice;
  readonly limites: Limites;
  readonly limpeza: Limpeza;
  readonly movimentos: Movimentos;
  readonly herancas: Herancas;
}

/** Uma sala vista por alguém que vai agir nela. */
interface Vista {
  readonly buscada: SalaBuscada;
  readonly detalhes: DetalhesGuardados;
  readonly usuarios: number;
  /** A sessão de quem tem na sala o nome do alvo. */
  readonly alvoId: number | undefined;
  readonly expulso: boolean;
}

/** Em quem se age: quem precisa estar na sala, e se pode ser o próprio dono. */
interface Alvo {
  readonly alvo: string;
  readonly quem: 'ninguém' | 'presente' | 'outro presente' | 'outro presente ou expulso';
}

/** O que um script recusa; `MUDOU`, se é de ver de novo. */
type Recusa = 'NAO_HA' | 'ANTIGA' | 'SEM_PERMISSAO' | 'FORA' | 'MUDOU';

/** Quantas vezes se vê de novo uma sala que muda enquanto isso. */
const TENTATIVAS = 5;

export class Donos {
  readonly #deps: Dependencias;

  constructor(dependencias: Dependencias) {
    this.#deps = dependencias;
  }

  /** @throws NAO_AUTENTICADO, SALA_NAO_ENCONTRADA */
  async detalhar(sessaoId: number, nomeSala: string): Promise<Sala> {
    await this.#deps.sessoes.exigir(sessaoId);
    const { buscada, usuarios, detalhes } = await this.#ver(nomeSala, '');
    return emSala(buscada.sala.nome, usuarios, detalhes);
  }

  configurar(configuracao: Configuracao): Promise<Sala> {
    const { sessaoId, topico, senha, silenciada, permanente } = configuracao;
    return this.#agir(configuracao, { alvo: '', quem: 'ninguém' }, async ({ buscada, detalhes }, nome) => {
      const { redis, indice } = this.#deps;
      if (permanente && !detalhes.permanente) await indice.reservarPermanente(buscada.sala, sessaoId);
      const feito = await redis.executar(configurarNaSala, chavesDaSala(buscada.sala.chave), {
        ...this.#argumentos(buscada, sessaoId),
        mudaTopico: topico !== undefined,
        topico: topico ?? '',
        dizTopico: textoDoTopico(nome, topico ?? ''),
        mudaSenha: senha !== undefined,
        senha: senha ?? '',
        mudaSilenciada: silenciada !== undefined,
        silenciada: silenciada ?? false,
        dizSilenciada: textoDoSilencioDaSala(silenciada ?? false),
        mudaPermanente: permanente !== undefined && permanente !== (detalhes.permanente ?? false),
        permanente: permanente ?? false,
      });
      if (feito.desfecho !== 'OK') return feito.desfecho;
      const [situacao] = feito.valor;
      await indice.anotar(buscada.sala, situacao);
      const [, usuarios] = situacao;
      return { valor: emSala(buscada.sala.nome, usuarios, detalhesDe(situacao)) };
    });
  }

  async silenciar(silencio: Silencio): Promise<void> {
    const { sessaoId, alvo, silenciado } = silencio;
    await this.#agir(silencio, { alvo, quem: 'outro presente' }, async ({ buscada, alvoId }) => {
      const { redis, herancas } = this.#deps;
      const feito = await redis.executar(silenciarNaSala, chavesDaSala(buscada.sala.chave), {
        ...this.#argumentos(buscada, sessaoId),
        alvo: nomeComparavel(alvo),
        silenciado,
        diz: textoDoSilencio('%s', silenciado),
      });
      if (feito.desfecho !== 'OK') return feito.desfecho;
      if (silenciado && alvoId !== undefined) await herancas.anotarRastro(alvoId, buscada.sala.chave);
      return { valor: undefined };
    });
  }

  async expulsar(expulsao: Expulsao): Promise<void> {
    await this.#agir(expulsao, { alvo: expulsao.alvo, quem: 'outro presente ou expulso' }, async (vista) => {
      const { buscada, alvoId } = vista;
      if (alvoId === undefined) return this.#tirar(expulsao, buscada);
      return this.#deps.movimentos.expulsar(alvoId, buscada.sala, async (ate) => {
        const feito = await this.#tirar(expulsao, buscada, alvoId, ate);
        return { feito, saiu: typeof feito !== 'string', temPrivadas: typeof feito !== 'string' && feito.valor };
      });
    });
  }

  async passar(passagem: Passagem): Promise<void> {
    const { sessaoId, alvo } = passagem;
    await this.#agir(passagem, { alvo, quem: 'presente' }, async ({ buscada, alvoId }) => {
      if (alvoId === undefined) return 'FORA';
      const { redis, indice, herancas } = this.#deps;
      // Antes: se o servidor morre depois de passar, a sala não fica com quem não se sabe dono dela.
      if (!(await herancas.anotarPropria(alvoId, buscada.sala.chave))) return 'FORA';
      const feito = await redis.executar(passarNaSala, chavesDaSala(buscada.sala.chave), {
        ...this.#argumentos(buscada, sessaoId),
        novoDono: NOVO_DONO,
        alvo: nomeComparavel(alvo),
        alvoId: String(alvoId),
      });
      if (feito.desfecho !== 'OK') return feito.desfecho;
      await indice.anotar(buscada.sala, feito.valor[0]);
      return { valor: undefined };
    });
  }

  async #tirar({ sessaoId, alvo, duracaoMs }: Expulsao, buscada: SalaBuscada, alvoId?: number, ate?: number) {
    const { redis, relogio, indice } = this.#deps;
    const argumentos = {
      ...this.#argumentos(buscada, sessaoId),
      alvo: nomeComparavel(alvo),
      alvoId: alvoId === undefined ? '' : String(alvoId),
      duracaoMs,
      diz: textoDaExpulsao('%s'),
    };
    const prazo = ate === undefined ? {} : { prazoMs: ate - relogio.agoraMs() };
    const feito = await redis.executar(expulsarDaSala, chavesDaSala(buscada.sala.chave), argumentos, prazo);
    if (feito.desfecho !== 'OK') return feito.desfecho;
    const [situacao, temPrivadas] = feito.valor;
    await indice.anotar(buscada.sala, situacao);
    return { valor: temPrivadas };
  }

  /** @param agir diz o que recusou, ou o que resultou; recebe o nome do dono */
  async #agir<T>(
    { sessaoId, nomeSala, limite }: AtoDoDono,
    { alvo, quem }: Alvo,
    agir: (vista: Vista, nome: string) => Promise<Recusa | { readonly valor: T }>,
  ): Promise<T> {
    const { sessoes, limites, limpeza } = this.#deps;
    for (let tentativa = 0; tentativa < TENTATIVAS; tentativa += 1) {
      const { nome } = await sessoes.exigir(sessaoId);
      const vista = await this.#ver(nomeSala, alvo);
      if (vista.detalhes.donoId !== String(sessaoId)) throw new ContractError('SEM_PERMISSAO');
      if (quem.startsWith('outro')) exigirOutro(alvo, nome);
      const serve = vista.alvoId !== undefined || (vista.expulso && quem === 'outro presente ou expulso');
      if (quem !== 'ninguém' && !serve) throw new ContractError('DESTINATARIO_FORA_DA_SALA');
      if (limite) await limites.ocuparLugar(sessaoId, 'movimentos', limite);
      const feito = await agir(vista, nome).catch(async (erro: unknown) => {
        if (limite && erro instanceof ContractError) await limites.devolverLugar(sessaoId, 'movimentos');
        throw erro;
      });
      if (typeof feito !== 'string') return feito.valor;
      if (limite) await limites.devolverLugar(sessaoId, 'movimentos');
      if (feito === 'SEM_PERMISSAO') throw new ContractError('SEM_PERMISSAO');
      if (feito === 'FORA') throw new ContractError('DESTINATARIO_FORA_DA_SALA');
      if (feito === 'NAO_HA') throw new ContractError('SALA_NAO_ENCONTRADA');
      if (feito === 'ANTIGA') await limpeza.apagarAnterior(vista.buscada.sala);
    }
    throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: 0 });
  }

  /** @throws SALA_NAO_ENCONTRADA */
  async #ver(nomeSala: string, alvo: string): Promise<Vista> {
    const { redis, relogio, indice } = this.#deps;
    const buscada = await indice.buscar(nomeSala);
    if (!buscada) throw new ContractError('SALA_NAO_ENCONTRADA');
    const { sala, criador } = buscada;
    const argumentos = { agora: relogio.agoraMs(), salaId: String(sala.id), alvo: nomeComparavel(alvo) };
    const vista = await redis.executar(verSala, chavesDaSala(sala.chave), argumentos);
    if (!vista) {
      const detalhes = criador ? { donoId: String(criador.id), dono: criador.nome } : {};
      return { buscada, detalhes, usuarios: 0, alvoId: undefined, expulso: false };
    }
    const [situacao, id, expulso] = vista;
    const [, usuarios] = situacao;
    return { buscada, detalhes: detalhesDe(situacao), usuarios, alvoId: id === '' ? undefined : Number(id), expulso };
  }

  #argumentos(buscada: SalaBuscada, sessaoId: number) {
    return { ...argumentosDaSala(this.#deps, buscada), eu: String(sessaoId) };
  }
}

function detalhesDe([, , , , configurado]: Situacao): DetalhesGuardados {
  return JSON.parse(configurado);
}
