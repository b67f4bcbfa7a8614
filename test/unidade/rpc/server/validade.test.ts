import { beforeEach, describe, expect, test } from 'vitest';
import { BINDER_PROCEDURES } from '../../../../src/contract/binder.ts';
import { CHAT_PROCEDURES } from '../../../../src/contract/chat.ts';
import type { Procedure } from '../../../../src/contract/procedure.ts';
import { Validade } from '../../../../src/rpc/server/validade.ts';
import { type RelogioDeTeste, relogioDeTeste } from '../../../suporte/relogio.ts';

const SAIR = CHAT_PROCEDURES.sair_da_sala;
const ENTRAR = CHAT_PROCEDURES.entrar_sala;

let relogio: RelogioDeTeste;
let validade: Validade;

beforeEach(() => {
  relogio = relogioDeTeste();
  validade = new Validade(relogio);
});

interface Pedido {
  readonly valeAteMs?: number | undefined;
  readonly bearer?: string | undefined;
}

/** Um pedido que começa a chegar agora; o que se devolve é a vez dele. */
function chegar({ valeAteMs, bearer = 'de-ana' }: Pedido = {}): (procedure: Procedure) => void {
  const context = {
    bearer,
    enderecoRemoto: '127.0.0.1',
    conexao: {},
    chegada: { chegouMs: relogio.monotonicoMs(), valeAteMs },
    aoDesistir: () => {},
  };
  return (procedure) => validade.exigir(procedure, context);
}

const NADA_FEITO = expect.objectContaining({ tipo: 'SERVICO_INDISPONIVEL', detalhes: { tenteEmMs: 0 } });

describe('o prazo de quem chamou', () => {
  test('passado, já não se age, e diz-se que se pode repetir', () => {
    const vez = chegar({ valeAteMs: relogio.agoraMs() + 5_000 });
    relogio.avancar(5_000);
    expect(() => vez(SAIR)).not.toThrow();
    relogio.avancar(1);
    expect(() => vez(SAIR)).toThrow(NADA_FEITO);
  });

  test.each([
    ['registrar_usuario', CHAT_PROCEDURES.registrar_usuario],
    ['entrar_sala', ENTRAR],
    ['receber_mensagens', CHAT_PROCEDURES.receber_mensagens],
    ['unregister_procedure', BINDER_PROCEDURES.unregister_procedure],
  ])('vale para %s', (_, procedure) => {
    const vez = chegar({ valeAteMs: relogio.agoraMs() });
    relogio.avancar(1);
    expect(() => vez(procedure)).toThrow(NADA_FEITO);
  });

  test('não importa ao que só lê, e que qualquer um pode ler', () => {
    const vez = chegar({ valeAteMs: 0 });
    for (const procedure of [CHAT_PROCEDURES.formatar_mensagens, BINDER_PROCEDURES.lookup_procedure]) {
      expect(() => vez(procedure)).not.toThrow();
    }
  });

  test('quem não o diz é sempre atendido', () => {
    const vez = chegar();
    relogio.avancar(9_000);
    expect(() => vez(SAIR)).not.toThrow();
  });
});

describe('um pedido cujo fim a rede segurou', () => {
  test('não age depois de outro da mesma sessão, feito mais tarde', () => {
    const segurado = chegar();
    relogio.avancar(4_000);
    chegar()(SAIR);
    chegar()(ENTRAR);
    expect(() => segurado(SAIR)).toThrow(NADA_FEITO);
  });

  test('nem depois de se esquecerem as sessões que agiram há mais tempo', () => {
    chegar({ bearer: 'de-outra' })(ENTRAR);
    relogio.avancar(13_000);
    const segurado = chegar();
    relogio.avancar(1_500);
    chegar()(ENTRAR);
    relogio.avancar(1_500);
    chegar({ bearer: 'de-outra' })(ENTRAR);
    expect(() => segurado(SAIR)).toThrow(NADA_FEITO);
  });

  test('age se o que veio depois era de outra sessão, ou só leu', () => {
    const segurado = chegar();
    relogio.avancar(4_000);
    chegar({ bearer: 'de-outra' })(ENTRAR);
    chegar()(CHAT_PROCEDURES.receber_mensagens);
    expect(() => segurado(SAIR)).not.toThrow();
  });

  test('não é o que chega quase junto por duas conexões: esses agem em qualquer ordem', () => {
    const primeiro = chegar();
    relogio.avancar(999);
    chegar()(ENTRAR);
    relogio.avancar(60_000);
    expect(() => primeiro(SAIR)).not.toThrow();
  });

  test('nem o que chegou junto e esperou a sua vez, como as chamadas de um batch', () => {
    const vez = chegar();
    for (let chamada = 0; chamada < 50; chamada += 1) {
      relogio.avancar(500);
      expect(() => vez(ENTRAR)).not.toThrow();
    }
  });

  test('o segredo do binder é de muitos servidores, e não os põe em ordem', () => {
    const segurado = chegar();
    relogio.avancar(4_000);
    chegar()(BINDER_PROCEDURES.register_procedure);
    expect(() => segurado(BINDER_PROCEDURES.register_procedure)).not.toThrow();
  });
});
