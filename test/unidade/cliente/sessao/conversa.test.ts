import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Conexao } from '../../../../src/cliente/chamadas/conexao.ts';
import type { Ritmo } from '../../../../src/cliente/ritmo.ts';
import { Conversa } from '../../../../src/cliente/sessao/conversa.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { ContractError } from '../../../../src/contract/errors.ts';
import { relogioDoSistema } from '../../../../src/process/clock.ts';
import { criarConexoes } from '../../../../src/rpc/client/http.ts';
import {
  abrirCortador,
  abrirServidor,
  type HandlersDeMentira,
  mensagem,
  Pilha,
  type ServidorDeMentira,
  sondar,
} from '../../../processos/terminal/apoio.ts';
import { abrirBinder, type BinderLocal, registrarTodos } from '../../../suporte/local/binder.ts';

const PAGINA = 50;

let pilha: Pilha;
let binder: BinderLocal;
let recebidas: Mensagem[];
let avisos: string[];
let retiradas: number;

beforeEach(async () => {
  pilha = new Pilha();
  recebidas = [];
  avisos = [];
  retiradas = 0;
  binder = pilha.use(await abrirBinder(relogioDoSistema));
});

afterEach(() => pilha.desfazer());

function abrirConversa(ritmo: Partial<Ritmo> = {}, prazoDoEnvioMs = 10_000): Conversa {
  const conversa = new Conversa({
    servico: new Conexao({ binders: [binder.url], clock: relogioDoSistema, conexoes: criarConexoes() }),
    clock: relogioDoSistema,
    ritmo: { intervaloMs: 20, esperaMs: 1_000, ...ritmo },
    ouvinte: {
      aoReceber: (mensagens) => recebidas.push(...mensagens),
      aoAvisar: (texto) => avisos.push(texto),
      aoSerRetirado: () => {
        retiradas += 1;
      },
    },
    prazoDoEnvioMs,
  });
  pilha.defer(() => conversa.encerrar());
  return conversa;
}

/** Uma sala com história; quem espera por mais recebe vazio logo, como quando o servidor termina a espera. */
function sala(historia: Mensagem[], outros: HandlersDeMentira = {}): HandlersDeMentira {
  let registros = 0;
  return {
    registrar_usuario: async ({ nomeUsuario }) => {
      registros += 1;
      return { nomeUsuario, token: `token-${registros}`, sala: null };
    },
    encerrar_sessao: async () => true as const,
    listar_salas: async () => [],
    entrar_sala: async ({ nomeSala }) => ({ nomeSala, usuarios: ['Pedro'], mensagens: historia.slice(-PAGINA) }),
    sair_da_sala: async () => ({ nomeSala: 'Geral' }),
    receber_mensagens: async ({ desde = 0 }) => historia.filter(({ id }) => id > desde).slice(0, PAGINA),
    ...outros,
  };
}

async function servir(handlers: HandlersDeMentira, porta = 0): Promise<ServidorDeMentira> {
  const servidor = pilha.use(await abrirServidor(handlers, { porta }));
  registrarTodos(binder, servidor.porta);
  return servidor;
}

function numeradas(de: number, ate: number): Mensagem[] {
  return Array.from({ length: ate - de + 1 }, (_, i) => mensagem(de + i, `texto ${de + i}`));
}

const ids = () => recebidas.map(({ id }) => id);

async function entrar(conversa: Conversa): Promise<void> {
  await conversa.registrar('Pedro');
  await conversa.entrar('Geral');
}

test('o que se disse entre duas mensagens vem todo, por muito que seja, e não muda o que falta entregar', async () => {
  await servir(sala(numeradas(1, 180)));
  const conversa = abrirConversa();
  await entrar(conversa);
  const entre = await conversa.entre(10, 175);
  expect(entre.map(({ id }) => id)).toEqual(numeradas(11, 175).map(({ id }) => id));
  expect(ids()).toEqual([]);
});

describe('receber', () => {
  test('começa depois do que a entrada mostrou, e pagina para a frente sem perder nem repetir', async () => {
    const historia = numeradas(1, 60);
    const servidor = await servir(sala(historia));
    const conversa = abrirConversa();
    await entrar(conversa);
    historia.push(...numeradas(61, 180));
    await sondar(ids).toEqual(numeradas(61, 180).map(({ id }) => id));
    const pedidos = () => servidor.de('receber_mensagens').map(({ params }) => params.desde);
    expect(pedidos()[0]).toBe(60);
    await sondar(() => [...new Set(pedidos())]).toEqual(expect.arrayContaining([110, 160, 180]));
  });

  test('o que não está acima do cursor é descartado', async () => {
    await servir(sala(numeradas(1, 3), { receber_mensagens: async () => numeradas(2, 5) }));
    await entrar(abrirConversa());
    await sondar(ids).toEqual([4, 5]);
  });

  test('pede a espera, e depois de um vazio antes da hora descansa o intervalo', async () => {
    const servidor = await servir(sala([]));
    await entrar(abrirConversa({ intervaloMs: 120, esperaMs: 5_000 }));
    await sondar(() => servidor.de('receber_mensagens').length).toBeGreaterThan(3);
    const instantes = servidor.de('receber_mensagens').map(({ instanteMs }) => instanteMs);
    for (let i = 1; i < instantes.length; i += 1) {
      expect((instantes[i] as number) - (instantes[i - 1] as number)).toBeGreaterThanOrEqual(115);
    }
    expect(servidor.de('receber_mensagens')[0]?.params).toMatchObject({ desde: 0, esperarMs: 5_000 });
  });

  test('com espera 0, busca a cada intervalo, mas pagina sem descansar', async () => {
    const historia: Mensagem[] = [];
    const servidor = await servir(sala(historia));
    const conversa = abrirConversa({ intervaloMs: 1_000, esperaMs: 0 });
    await entrar(conversa);
    historia.push(...numeradas(1, 120));
    await sondar(() => recebidas.length).toBe(120);
    const buscas = servidor.de('receber_mensagens');
    const primeira = buscas.findIndex(({ params }) => params.desde === 50);
    const [segunda, terceira] = buscas.slice(primeira, primeira + 2);
    expect((terceira?.instanteMs ?? 0) - (segunda?.instanteMs ?? 0)).toBeLessThan(900);
    expect(buscas[0]?.params.esperarMs).toBe(0);
  });
});

test('a senha que abriu uma sala serve para voltar a ela, até que a sala a recuse', async () => {
  let certa = 'um';
  const servidor = await servir(
    sala([], {
      entrar_sala: async ({ nomeSala, senha }) => {
        if (senha !== certa) throw new ContractError('SENHA_INCORRETA');
        return { nomeSala, usuarios: ['Pedro'], mensagens: [] };
      },
    }),
  );
  const conversa = abrirConversa();
  await conversa.registrar('Pedro');
  await conversa.entrar('Geral', { senha: 'um' });
  await conversa.entrar('geral');
  certa = 'dois';
  await expect(conversa.entrar('Geral')).rejects.toMatchObject({ tipo: 'SENHA_INCORRETA' });
  await expect(conversa.entrar('Geral')).rejects.toMatchObject({ tipo: 'SENHA_INCORRETA' });
  expect(servidor.de('entrar_sala').map(({ params }) => params.senha)).toEqual(['um', 'um', 'um', undefined]);
});

describe('a presença', () => {
  test('fora da sala, chama logo depois do registro, com o token', async () => {
    const servidor = await servir(sala([]));
    await abrirConversa().registrar('Pedro');
    await sondar(() => servidor.de('listar_salas').map(({ bearer }) => bearer)).toEqual(['token-1']);
  });

  test('deixar a sala para de receber e volta a marcar presença', async () => {
    const servidor = await servir(sala([]));
    const conversa = abrirConversa();
    await entrar(conversa);
    await conversa.sair();
    expect(conversa.sala).toBeUndefined();
    const depois = () => {
      const nomes = servidor.chamadas.map(({ nome }) => nome);
      return nomes.slice(nomes.indexOf('sair_da_sala') + 1);
    };
    await sondar(depois).toEqual(['listar_salas']);
    expect(retiradas).toBe(0);
  });
});

describe('uma queda', () => {
  test('é dita uma vez ao cair e uma ao voltar, e o que se perdeu chega', async () => {
    const historia = numeradas(1, 2);
    const servidor = await servir(sala(historia));
    const conversa = abrirConversa();
    await entrar(conversa);
    await servidor.derrubar();
    await sondar(() => avisos).toEqual([expect.stringMatching(/^Conexão perdida: .* Tentando de novo…$/)]);
    const tentativas = binder.lookups();
    await sondar(() => binder.lookups()).toBeGreaterThan(tentativas + 6);
    historia.push(...numeradas(3, 9));
    await servir(sala(historia));
    await sondar(ids).toEqual([3, 4, 5, 6, 7, 8, 9]);
    expect(avisos).toEqual([expect.any(String), 'Conexão restabelecida.']);
  });

  test('antes do registro, insiste até que haja servidor', async () => {
    const registro = abrirConversa().registrar('Pedro');
    await sondar(() => avisos.length).toBe(1);
    await servir(sala([]));
    await registro;
    expect(avisos).toEqual([expect.stringContaining('Ainda sem conexão'), 'Conexão restabelecida.']);
  });

  test('um nome recusado não é insistido', async () => {
    const servidor = await servir(
      sala([], {
        registrar_usuario: async () => {
          throw new ContractError('NOME_EM_USO');
        },
      }),
    );
    await expect(abrirConversa().registrar('Pedro')).rejects.toMatchObject({ tipo: 'NOME_EM_USO' });
    expect(servidor.chamadas).toHaveLength(1);
  });
});

describe('enviar', () => {
  test('insiste com a mesma chave até saber o desfecho', async () => {
    let vezes = 0;
    const servidor = await servir(
      sala([], {
        enviar_mensagem: async ({ mensagem: texto }) => {
          vezes += 1;
          if (vezes < 4) throw new ContractError('SERVICO_INDISPONIVEL', { tenteEmMs: 10 });
          return mensagem(1, texto);
        },
      }),
    );
    const conversa = abrirConversa();
    await entrar(conversa);
    await conversa.enviar('Oi');
    await conversa.enviar('Oi');
    const chaves = servidor.de('enviar_mensagem').map(({ params }) => params.chave);
    expect(new Set(chaves.slice(0, 4)).size).toBe(1);
    expect(chaves[4]).not.toBe(chaves[0]);
  });

  test('passado o prazo devolve a falha; o mesmo texto retoma a chave, outro não', async () => {
    const servidor = await servir(
      sala([], {
        enviar_mensagem: async () => {
          throw new ContractError('ERRO_INTERNO');
        },
      }),
    );
    const conversa = abrirConversa({}, 60);
    await entrar(conversa);
    for (const texto of ['Oi', 'Oi', 'Oi!']) {
      await expect(conversa.enviar(texto)).rejects.toMatchObject({ tipo: 'ERRO_INTERNO' });
    }
    const chaves = new Map<string, Set<string>>();
    for (const { params } of servidor.de('enviar_mensagem')) {
      chaves.set(params.mensagem, (chaves.get(params.mensagem) ?? new Set()).add(params.chave));
    }
    expect(chaves.get('Oi')?.size).toBe(1);
    expect(chaves.get('Oi!')?.size).toBe(1);
    expect([...(chaves.get('Oi') ?? [])]).not.toEqual([...(chaves.get('Oi!') ?? [])]);
  });

  test('uma resposta perdida não vira duas mensagens', async () => {
    const cortador = pilha.use(await abrirCortador());
    const servidor = await servir(sala([], { enviar_mensagem: async ({ mensagem: texto }) => mensagem(1, texto) }));
    const conversa = abrirConversa();
    await entrar(conversa);
    await binder.registry.unregister('enviar_mensagem', { address: '127.0.0.1', port: servidor.porta });
    await binder.registry.register('enviar_mensagem', { address: '127.0.0.1', port: cortador.porta }, undefined);
    const envio = conversa.enviar('Oi');
    await sondar(() => cortador.pedidos()).toBeGreaterThan(2);
    await binder.registry.unregister('enviar_mensagem', { address: '127.0.0.1', port: cortador.porta });
    await binder.registry.register('enviar_mensagem', { address: '127.0.0.1', port: servidor.porta }, undefined);
    await envio;
    expect(servidor.de('enviar_mensagem')).toHaveLength(1);
  });

  test('uma recusa não é insistida', async () => {
    const servidor = await servir(
      sala([], {
        enviar_mensagem: async () => {
          throw new ContractError('DESTINATARIO_FORA_DA_SALA');
        },
      }),
    );
    const conversa = abrirConversa();
    await entrar(conversa);
    await expect(conversa.enviar('Oi', 'Maria')).rejects.toMatchObject({ tipo: 'DESTINATARIO_FORA_DA_SALA' });
    expect(servidor.de('enviar_mensagem')).toHaveLength(1);
  });
});

/** Uma sala que só atende quem tem o último token dado, até que `expirar` o mate. */
function salaComSessoes(historia: Mensagem[], registrar?: () => void) {
  let valido: string | undefined;
  let registros = 0;
  const exigir = (bearer: string | undefined) => {
    if (bearer === undefined || bearer !== valido) throw new ContractError('NAO_AUTENTICADO');
  };
  const base = sala(historia);
  const handlers: HandlersDeMentira = {
    ...base,
    registrar_usuario: async ({ nomeUsuario }) => {
      if (registros > 0) registrar?.();
      registros += 1;
      valido = `token-${registros}`;
      return { nomeUsuario, token: valido, sala: null };
    },
    receber_mensagens: async (params, bearer) => {
      exigir(bearer);
      return base.receber_mensagens?.(params, bearer) ?? [];
    },
    listar_usuarios: async (_params, bearer) => {
      exigir(bearer);
      return ['Pedro'];
    },
  };
  return {
    handlers,
    expirar: () => {
      valido = undefined;
    },
  };
}

describe('uma sessão que acabou no servidor', () => {
  test('é refeita com o mesmo nome e na mesma sala, e diz-se', async () => {
    const historia = numeradas(1, 2);
    const { handlers, expirar } = salaComSessoes(historia);
    const servidor = await servir(handlers);
    const conversa = abrirConversa();
    await entrar(conversa);
    expirar();
    historia.push(mensagem(3, 'enquanto isso'));
    await sondar(ids).toEqual([3]);
    expect(avisos).toEqual([
      'Sua sessão tinha terminado no servidor; você foi registrado de novo como Pedro.',
      'Você voltou à sala Geral.',
    ]);
    expect(servidor.de('entrar_sala')).toHaveLength(2);
    expect(conversa.sala).toBe('Geral');
    expect(retiradas).toBe(0);
  });

  test('também quando é uma ação que o descobre, e a ação se completa', async () => {
    const { handlers, expirar } = salaComSessoes([]);
    await servir(handlers);
    const conversa = abrirConversa();
    await conversa.registrar('Pedro');
    expirar();
    expect(await conversa.listarUsuarios()).toEqual(['Pedro']);
    expect(avisos).toEqual([expect.stringContaining('registrado de novo como Pedro')]);
  });

  test('se o nome já é de outro, volta à pergunta do nome', async () => {
    const { handlers, expirar } = salaComSessoes([], () => {
      throw new ContractError('NOME_EM_USO');
    });
    await servir(handlers);
    const conversa = abrirConversa();
    await entrar(conversa);
    expirar();
    await sondar(() => retiradas).toBe(1);
    expect(conversa.nome).toBeUndefined();
    expect(conversa.sala).toBeUndefined();
    expect(avisos).toEqual([expect.stringContaining('o nome não pôde ser retomado: Esse nome já está em uso')]);
  });

  test('se a sala já não existe, fica com o nome e volta ao primeiro menu', async () => {
    const { handlers, expirar } = salaComSessoes([]);
    let existe = true;
    const servidor = await servir({
      ...handlers,
      entrar_sala: async ({ nomeSala }) => {
        if (!existe) throw new ContractError('SALA_NAO_ENCONTRADA');
        return { nomeSala, usuarios: ['Pedro'], mensagens: [] };
      },
    });
    const conversa = abrirConversa();
    await entrar(conversa);
    existe = false;
    expirar();
    await sondar(() => retiradas).toBe(1);
    expect(conversa.nome).toBe('Pedro');
    expect(conversa.sala).toBeUndefined();
    expect(avisos.at(-1)).toBe('Você não está mais na sala Geral. A sala foi removida.');
    await sondar(() => servidor.de('listar_salas').at(-1)?.bearer).toBe('token-2');
  });
});

test('quem foi retirado da sala é avisado, e volta ao primeiro menu', async () => {
  const servidor = await servir(
    sala([], {
      receber_mensagens: async () => {
        throw new ContractError('FORA_DA_SALA');
      },
    }),
  );
  const conversa = abrirConversa();
  await entrar(conversa);
  await sondar(() => retiradas).toBe(1);
  expect(conversa.sala).toBeUndefined();
  expect(conversa.nome).toBe('Pedro');
  expect(avisos).toEqual([expect.stringContaining('Você não está mais na sala Geral.')]);
  await sondar(() => servidor.chamadas.at(-1)?.nome).toBe('listar_salas');
});

test('encerrar não espera por um servidor que se cala', async () => {
  const calado = pilha.use(await abrirCortador('cala'));
  const servidor = await servir(sala([]));
  const conversa = abrirConversa();
  await conversa.registrar('Pedro');
  await binder.registry.unregister('encerrar_sessao', { address: '127.0.0.1', port: servidor.porta });
  await binder.registry.register('encerrar_sessao', { address: '127.0.0.1', port: calado.porta }, undefined);
  const inicioMs = performance.now();
  await conversa.encerrar();
  expect(performance.now() - inicioMs).toBeLessThan(3_000);
  expect(calado.pedidos()).toBe(1);
});
