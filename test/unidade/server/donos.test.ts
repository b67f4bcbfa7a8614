import { expect, test } from 'vitest';
import { Donos } from '../../../src/server/donos.ts';
import { storeDeTeste, usuario } from './apoio.ts';

const ANA = usuario(7);
const LIMITE = { maximo: 3, janelaMs: 60_000 };
/** O que toda chamada destas leva; o que não se dá chega como `undefined`. */
const NA_SALA = { nomeUsuario: 'Pessoa 7', nomeSala: 'Sala', alvo: 'Beto' };
const SEM_AJUSTES = { topico: undefined, senha: undefined, silenciada: undefined, permanente: undefined };
const SALA = { nomeSala: 'Sala', dono: 'Pessoa 7', topico: null, temSenha: false, usuarios: 1 };

/** O que chega ao store, com o verbo. */
function abrir() {
  const pedidos: unknown[] = [];
  const anotar = (verbo: string) => async (pedido: unknown) => {
    pedidos.push({ verbo, ...(pedido as object) });
    return SALA as never;
  };
  const store = storeDeTeste({
    configurarSala: anotar('configurarSala'),
    silenciar: anotar('silenciar'),
    expulsar: anotar('expulsar'),
    passarSala: anotar('passarSala'),
    entrar: anotar('entrar'),
  });
  return { donos: new Donos({ store, limite: LIMITE }), pedidos };
}

test('tudo o que o dono faz, e entrar, conta no limite de quem o faz', async () => {
  const { donos, pedidos } = abrir();
  await donos.configurarSala({ ...NA_SALA, ...SEM_AJUSTES, topico: 'aula' }, ANA);
  await donos.silenciarUsuario({ ...NA_SALA, silenciado: true }, ANA);
  await donos.expulsarUsuario({ ...NA_SALA, minutos: 2 }, ANA);
  await donos.passarSala(NA_SALA, ANA);
  await donos.entrarSala({ ...NA_SALA, senha: undefined }, ANA);
  const comum = { sessaoId: 7, nomeSala: 'Sala', limite: LIMITE };
  expect(pedidos).toMatchObject([
    { verbo: 'configurarSala', ...comum, topico: 'aula' },
    { verbo: 'silenciar', ...comum, alvo: 'Beto', silenciado: true },
    { verbo: 'expulsar', ...comum, alvo: 'Beto', duracaoMs: 120_000 },
    { verbo: 'passarSala', ...comum, alvo: 'Beto' },
    { verbo: 'entrar', ...comum },
  ]);
});

test('quem não diz por quanto tempo expulsa por dez minutos', async () => {
  const { donos, pedidos } = abrir();
  await donos.expulsarUsuario({ ...NA_SALA, minutos: undefined }, ANA);
  expect(pedidos).toMatchObject([{ duracaoMs: 600_000 }]);
});
