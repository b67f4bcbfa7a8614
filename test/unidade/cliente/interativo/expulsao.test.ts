/** Quem é expulso, com o servidor e o protocolo de verdade. */

import { expect, test } from 'vitest';
import { ate } from '../../../../scripts/comum/condicao.ts';
import { pastaEmMemoria } from '../../../../scripts/comum/pasta.ts';
import { Conexao } from '../../../../src/cliente/chamadas/conexao.ts';
import { abrirRoteiro } from '../../../../src/cliente/interativo/roteiro/abrir-roteiro.ts';
import { Lembranca } from '../../../../src/cliente/sessao/guardado/lembranca.ts';
import { Lidas } from '../../../../src/cliente/sessao/guardado/lidas.ts';
import { SessoesGuardadas } from '../../../../src/cliente/sessao/guardado/sessoes-guardadas.ts';
import { relogioDoSistema as clock } from '../../../../src/process/clock.ts';
import { criarConexoes } from '../../../../src/rpc/client/http.ts';
import { abrirSistemaParado } from '../../../suporte/local/sistema-local.ts';
import { emularTerminal } from '../terminal/apoio.ts';

const MENU = ['> 1) Criar sala', '  2) Entrar em uma sala', '  3) Listar salas', '  4) Encerrar'];

test.each([
  {
    quem: 'quem espera no servidor e é expulso vê por quê, e não volta sozinho nem quando poderia',
    esperaMs: 50_000,
    minutos: 0,
    dito: 'Você não está mais na sala Geral. Você foi expulso dela.',
  },
  {
    quem: 'quem só pergunta de vez em quando sabe, ao tentar voltar, que foi expulso, e por quanto tempo',
    esperaMs: 0,
    minutos: 5,
    dito:
      'Você não está mais na sala Geral. O servidor tira quem fica muito tempo sem dar sinal, e quem o dono da sala ' +
      'expulsa. Não foi possível voltar: Você foi expulso desta sala, e ainda não pode entrar nela. (Daqui a 300 s.)',
  },
])('$quem', async ({ esperaMs, minutos, dito }) => {
  await using sistema = await abrirSistemaParado();
  using pasta = pastaEmMemoria();
  using terminal = emularTerminal({ colunas: 80 });
  const abrirConexao = () => new Conexao({ binders: [sistema.binder.url], clock, conexoes: criarConexoes() });
  const dono = abrirConexao();
  const { token } = await dono.chamar('registrar_usuario', { nomeUsuario: 'Dono' });
  const fazer = { token };
  await dono.chamar('criar_sala', { nomeSala: 'Geral' }, fazer);
  const { roteiro, conversa } = abrirRoteiro({
    servico: abrirConexao(),
    clock,
    ritmo: { intervaloMs: 50, esperaMs },
    terminal,
    sessoes: new SessoesGuardadas('', pasta.caminho),
    rastro: { ligado: false, mudar: () => {} },
    lembranca: new Lembranca(undefined),
    lidas: new Lidas({ binder: '', agendar: terminal.agenda.agendar, pasta: undefined }),
    aoEncerrar: () => {},
  });
  const conduzido = roteiro.conduzir({ nome: 'Ana', sala: 'Geral', criar: false });
  await terminal.ver('Digite a mensagem:', '  Geral · 1 pessoa · conectado · todos vão ler');
  if (esperaMs > 0) await ate(() => sistema.quantasEsperam() === 1, 'a espera de Ana no servidor');
  const expulsar = { nomeUsuario: 'Dono', nomeSala: 'Geral', alvo: 'Ana', minutos };
  await dono.chamar('expulsar_usuario', expulsar, fazer);
  await terminal.ver(...MENU);
  expect((await terminal.fileiras()).join(' ').replaceAll(/ +/g, ' ')).toContain(`${dito} ${MENU[0]}`);
  expect(await dono.chamar('listar_salas', {}, fazer)).toEqual([{ nomeSala: 'Geral', usuarios: 0 }]);
  roteiro.parar();
  await conduzido;
  await conversa.encerrar();
  dono.close();
});
