/** A conversa numa sala, sem servidor: o que se digita e se cola vira envios, e nada do que se digitou se perde. */

import { describe, expect, test } from 'vitest';
import { RastroDaConversa } from '../../../../src/cliente/chamadas/rastro/rastro-da-conversa.ts';
import { Dialogo, MudouDeLugar } from '../../../../src/cliente/interativo/dialogo.ts';
import { Mural } from '../../../../src/cliente/interativo/mural/mural.ts';
import { Prosa } from '../../../../src/cliente/interativo/prosa.ts';
import { Lembranca } from '../../../../src/cliente/sessao/guardado/lembranca.ts';
import type { Silencio } from '../../../../src/cliente/sessao/permissoes.ts';
import type { Mensagem } from '../../../../src/contract/chat.ts';
import { ContractError, type TipoDeErro } from '../../../../src/contract/errors.ts';
import { mensagem } from '../../../processos/terminal/apoio.ts';
import { relogioDeTeste } from '../../../suporte/relogio.ts';
import { emularTerminal } from '../terminal/apoio.ts';

const RODAPE = '  Geral · 1 pessoa · conectado · todos vão ler';
const LINHA_VAZIA = ['Digite a mensagem:', RODAPE];
type Conversa = ConstructorParameters<typeof Prosa>[0]['conversa'];
type ConversaDaProsa = { -readonly [N in keyof Conversa]: Conversa[N] };

const SALA = {
  nomeSala: 'Geral',
  topico: null,
  temSenha: false,
  silenciada: false,
  permanente: false,
  usuarios: 2,
};
const colar = (texto: string) => `\u001b[200~${texto}\u001b[201~`;

function montar() {
  const terminal = emularTerminal();
  const dialogo = new Dialogo(terminal, terminal.agenda.agendar);
  const clock = relogioDeTeste();
  const enviadas: string[] = [];
  const aQuem: (string | undefined)[] = [];
  /** Recusa o que contém isto. */
  const recusa: { texto: string; tipo: TipoDeErro } = { texto: '', tipo: 'FORA_DA_SALA' };
  /** Enquanto não se cumpre, nenhum envio chega. */
  const demora = { ate: Promise.resolve() };
  const mural = new Mural({
    mostrar: (...linhas) => dialogo.mostrar(...linhas),
    aoChegar: () => {},
    eu: () => 'Ana',
    hoje: () => new Date(clock.agoraMs()),
    agendar: terminal.agenda.agendar,
  });
  mural.entrar(['Ana'], []);
  const naoUsada = () => Promise.resolve(true);
  const feitos: string[] = [];
  const lugar: { sala: string | undefined } = { sala: 'Geral' };
  const guardadas: (readonly string[])[] = [];
  const lembranca: Pick<Lembranca, 'ler' | 'guardar'> = {
    ler: () => new Lembranca(undefined).ler(),
    guardar: ({ enviadas }) => {
      if (enviadas) guardadas.push([...enviadas]);
    },
  };
  /** O que se soube de poder falar. */
  const sobreAFala: string[] = [];
  const permissoes = {
    ehDono: false,
    silencio: undefined as Silencio | undefined,
    perguntar: async () => undefined,
    aoFalar: (sala: string | undefined) => void sobreAFala.push(`aceita em ${sala}`),
    aoSerSilenciado: async (sala: string | undefined) => void sobreAFala.push(`silenciada em ${sala}`),
  };
  const rastro = new RastroDaConversa({ clock, formato: undefined, mostrar: (linha) => dialogo.avisar(linha) });
  const foraDoTeste = () => Promise.reject(new ContractError('SALA_NAO_ENCONTRADA'));
  const conversa: ConversaDaProsa = {
    nome: 'Ana',
    historico: async () => [],
    entre: async (desde, ate) => [mensagem(desde + 1, 'a primeira perdida'), mensagem(ate, 'a última perdida')],
    listarSalas: async () => [],
    conectada: true,
    detalharSala: foraDoTeste,
    configurarSala: foraDoTeste,
    silenciarUsuario: foraDoTeste,
    expulsarUsuario: foraDoTeste,
    passarSala: foraDoTeste,
  };
  const prosa = new Prosa({
    dialogo,
    mural,
    permissoes,
    rastro,
    lembranca,
    clock,
    conversa,
    volta: {
      get sala() {
        return lugar.sala;
      },
      enviar: async (texto, destinatario) => {
        await demora.ate;
        if (recusa.texto !== '' && texto.includes(recusa.texto)) throw new ContractError(recusa.tipo);
        enviadas.push(texto);
        aQuem.push(destinatario);
        return {} as Mensagem;
      },
    },
    acoes: {
      criar: naoUsada,
      entrar: naoUsada,
      sair: async () => {
        feitos.push('sair');
        lugar.sala = undefined;
        return true;
      },
      listarSalas: naoUsada,
      listarUsuarios: async () => feitos.push('listar') > 0,
      encerrar: () => {
        feitos.push('encerrar');
        lugar.sala = undefined;
      },
    },
  });
  /** Quem sai da sala acaba a conversa. */
  const acabar = async (conversa: Promise<void>) => {
    terminal.entrada.digitar('/sair\r');
    await conversa;
  };
  return {
    ...terminal,
    dialogo,
    mural,
    permissoes,
    sobreAFala,
    conversa,
    prosa,
    enviadas,
    aQuem,
    recusa,
    demora,
    feitos,
    guardadas,
    rastro,
    clock,
    acabar,
    [Symbol.dispose]: () => {
      dialogo.parar();
      terminal[Symbol.dispose]();
    },
  };
}

test('a linha está aberta desde o começo, sob o menu, e o primeiro Enter já envia', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  await cena.ver('> 1) Enviar mensagem', '  2) Sair da sala', '  3) Listar usuários', '  4) Encerrar', ...LINHA_VAZIA);
  cena.entrada.digitar('um\rdois\r');
  await cena.ver(...LINHA_VAZIA);
  await cena.acabar(conversa);
  expect(cena.enviadas).toEqual(['um', 'dois']);
});

test('o que se digita com o menu à vista nunca escolhe dele, nem se perde', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar(...'reuniao as 2 horas', '\r', '\r', ...'chego as 4, pode ser?', '\r');
  await cena.ver(...LINHA_VAZIA);
  expect(cena.feitos).toEqual([]);
  await cena.acabar(conversa);
  expect(cena.enviadas).toEqual(['reuniao as 2 horas', 'chego as 4, pode ser?']);
});

test('Enter no menu pergunta a quem; quem não está na sala não é destinatário, e o texto não se perde', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('\r', 'Oi pessoal', '\r');
  await cena.ver(
    'Oi pessoal não está na sala. Enter leva isso para a linha.',
    'Digite o destinatário (Enter para todos):',
  );
  cena.entrada.digitar('\r');
  await cena.ver('Digite a mensagem: Oi pessoal', RODAPE);
  cena.entrada.digitar('\r');
  await cena.ver(...LINHA_VAZIA);
  await cena.acabar(conversa);
  expect(cena.enviadas).toEqual(['Oi pessoal']);
});

test.each([
  ['s', ['encerrar']],
  ['S\r', ['encerrar']],
])('um 4 sozinho na linha pergunta antes de encerrar, e %j responde', async (tecla, feitos) => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('oi\r4\r');
  await cena.ver('Encerrar? (s/N; para dizer 4, ponha um espaço antes)');
  cena.entrada.digitar(tecla);
  await conversa;
  expect(cena.feitos).toEqual(feitos);
});

test('quem não confirma tem o algarismo de volta, e o que já digitava vai para a linha', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('oi\r2\r');
  await cena.ver('Sair da sala? (s/N; para dizer 2, ponha um espaço antes)');
  cena.entrada.digitar('n');
  await cena.ver('Digite a mensagem: 2', RODAPE);
  cena.entrada.digitar('\r');
  await cena.ver('Sair da sala? (s/N; para dizer 2, ponha um espaço antes)');
  cena.entrada.digitar('horas');
  await cena.ver('Digite a mensagem: horas', RODAPE);
  expect(cena.feitos).toEqual([]);
  cena.entrada.digitar('\r');
  await cena.ver('Digite a mensagem: 2', RODAPE);
  cena.entrada.digitar('\u0015');
  await cena.acabar(conversa);
});

test('Ctrl+C limpa a linha e a guarda; só um segundo, dentro de 2 s, encerra', async () => {
  using cena = montar();
  void cena.prosa.conversar().catch(() => {});
  cena.entrada.digitar('um rascunho');
  await cena.ver('Digite a mensagem: um rascunho', RODAPE);
  cena.entrada.digitar('\u0003');
  await cena.ver('Digite a mensagem:', '  Ctrl+C de novo encerra');
  cena.clock.avancar(2_000);
  cena.agenda.passar(2_000);
  await cena.ver(...LINHA_VAZIA);
  cena.entrada.digitar('\u0003');
  await cena.ver('Digite a mensagem:', '  Ctrl+C de novo encerra');
  expect(cena.pedidos).toEqual([]);
  cena.entrada.digitar('\u001b[A');
  await cena.ver('Digite a mensagem: um rascunho', RODAPE);
  cena.entrada.digitar('\u0015', '\u0003');
  expect(cena.pedidos).toEqual(['encerrar']);
});

test('Ctrl+C enquanto se envia não encerra; só um segundo', async () => {
  using cena = montar();
  cena.demora.ate = new Promise(() => {});
  void cena.prosa.conversar().catch(() => {});
  cena.entrada.digitar('oi\r');
  await cena.ver('');
  cena.entrada.digitar('\u0003');
  await cena.ver('Ctrl+C de novo encerra, sem enviar 1 mensagem que espera');
  expect(cena.pedidos).toEqual([]);
  cena.entrada.digitar('\u0003');
  expect(cena.pedidos).toEqual(['encerrar']);
});

test('Ctrl+C numa pergunta de dentro da sala também não encerra', async () => {
  using cena = montar();
  void cena.prosa.conversar().catch(() => {});
  cena.entrada.digitar('\r');
  await cena.ver('Digite o destinatário (Enter para todos):');
  cena.entrada.digitar('\u0003');
  await cena.ver('Ctrl+C de novo encerra', 'Digite o destinatário (Enter para todos):');
  expect(cena.pedidos).toEqual([]);
});

test('encerrar com mensagens que esperam pergunta, e só um sim as deixa', async () => {
  using cena = montar();
  let chegar: () => void = () => {};
  cena.demora.ate = new Promise<void>((resolve) => {
    chegar = resolve;
  });
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('um\r');
  await cena.ver('');
  cena.agenda.passar(500);
  await cena.ver(...LINHA_VAZIA);
  cena.entrada.digitar('dois\r', '/encerrar\r');
  await cena.ver('Encerrar sem enviar 2 mensagens que esperam? (s/N)');
  cena.entrada.digitar('n');
  await cena.ver(...LINHA_VAZIA);
  expect(cena.feitos).toEqual([]);
  cena.entrada.digitar('/encerrar\r');
  await cena.ver('Encerrar sem enviar 2 mensagens que esperam? (s/N)');
  cena.entrada.digitar('s');
  await conversa;
  expect(cena.feitos).toEqual(['encerrar']);
  chegar();
});

test('uma senha escrita na linha nunca fica entre as linhas enviadas, nem com Enter nem com Ctrl+C', async () => {
  using cena = montar();
  cena.permissoes.ehDono = true;
  cena.conversa.detalharSala = async () => ({ ...SALA, dono: 'Ana' });
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('oi\r', '/senha abre-te\r');
  await cena.ver(
    'Use: /senha',
    'Digite a mensagem: /senha abre-te',
    '  Geral · 1 pessoa · conectado · /senha: pergunta a senha',
    '    da sala, sem mostrá-la; vazia, tira',
  );
  cena.entrada.digitar('\u0003');
  await cena.ver('Digite a mensagem:', '  Ctrl+C de novo encerra');
  await cena.acabar(conversa);
  expect(cena.guardadas.at(-1)).toEqual(['oi', '/sair']);
});

test('o que se digitou antes de andar pelo histórico, ou numa linha dele, volta depois do que se envia', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  const [cima, baixo] = ['\u001b[A', '\u001b[B'];
  cena.entrada.digitar('um\r', 'dois\r', 'a nova', cima, ' mudada', cima);
  await cena.ver('Digite a mensagem: um', RODAPE);
  cena.entrada.digitar(baixo);
  await cena.ver('Digite a mensagem: dois mudada', RODAPE);
  cena.entrada.digitar(cima, '\r');
  await cena.ver('Digite a mensagem: a nova', RODAPE);
  cena.entrada.digitar('\r');
  await cena.ver('Digite a mensagem: dois mudada', RODAPE);
  cena.entrada.digitar('\r');
  await cena.ver(...LINHA_VAZIA);
  await cena.acabar(conversa);
  expect(cena.enviadas).toEqual(['um', 'dois', 'um', 'a nova', 'dois mudada']);
});

test('quem é tirado da sala não perde o que deixou no histórico, nem Ctrl+C o apaga', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('um\r', 'a nova', '\u001b[A');
  await cena.ver('Digite a mensagem: um', RODAPE);
  cena.dialogo.mudouDeLugar();
  await expect(conversa).rejects.toThrow(MudouDeLugar);
  cena.dialogo.recomecar();
  const outra = cena.prosa.conversar();
  await cena.ver('Digite a mensagem: um', RODAPE);
  cena.entrada.digitar('\r');
  await cena.ver('Digite a mensagem: a nova', RODAPE);
  cena.entrada.digitar('\u001b[A', '\u0003');
  await cena.ver('Digite a mensagem:', '  Ctrl+C de novo encerra');
  cena.entrada.digitar('\u001b[A\u001b[A');
  await cena.ver('Digite a mensagem: a nova', '  Geral · 1 pessoa · conectado · todos vão ler');
  cena.entrada.digitar('\u0015');
  await cena.acabar(outra);
});

test('Esc na pergunta do destinatário leva para a linha o que se digitou nela', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('\r', 'Oi pessoal');
  await cena.ver('Digite o destinatário (Enter para todos): Oi pessoal');
  cena.entrada.digitar('\u001b');
  cena.agenda.passar(500);
  await cena.ver('Digite a mensagem: Oi pessoal', RODAPE);
  cena.entrada.digitar('\r');
  await cena.ver(...LINHA_VAZIA);
  await cena.acabar(conversa);
  expect(cena.enviadas).toEqual(['Oi pessoal']);
});

test('quem é tirado da sala não perde o que digitava', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('pela metade');
  await cena.ver('Digite a mensagem: pela metade', RODAPE);
  cena.dialogo.mudouDeLugar();
  await expect(conversa).rejects.toThrow(MudouDeLugar);
  cena.dialogo.recomecar();
  void cena.prosa.conversar().catch(() => {});
  await cena.ver('Digite a mensagem: pela metade', RODAPE);
});

describe('o que se cola', () => {
  const TRES = ['  um', '      dois', '  três'];
  const pergunta = (quantas: number) => `${quantas} linhas: u envia numa mensagem, c uma de cada vez, n deixa na linha`;
  const emUmaFileira = async (cena: ReturnType<typeof montar>) =>
    (await cena.fileiras()).map((fileira) => fileira.trim()).join(' ');

  test('uma linha só, com a sua quebra, espera por Enter', async () => {
    using cena = montar();
    const conversa = cena.prosa.conversar();
    cena.entrada.digitar(colar('senha\r'));
    await cena.ver('Digite a mensagem: senha', RODAPE);
    expect(cena.enviadas).toEqual([]);
    cena.entrada.digitar('\u0015');
    await cena.acabar(conversa);
  });

  test.each([
    ['u, numa mensagem', 'u', ['um\n\tdois\ntrês']],
    ['U e Enter, numa mensagem', 'U\r', ['um\n\tdois\ntrês']],
    ['c, uma de cada vez', 'c', ['um', '\tdois', 'três']],
  ])('várias linhas perguntam, e uma tecla responde: %s', async (_como, tecla, enviadas) => {
    using cena = montar();
    const conversa = cena.prosa.conversar();
    cena.entrada.digitar(colar('um\r\tdois\rtrês\r'));
    await cena.ver(...TRES);
    expect(await emUmaFileira(cena)).toContain(pergunta(3));
    expect(cena.enviadas).toEqual([]);
    cena.entrada.digitar(tecla);
    await cena.ver(...LINHA_VAZIA);
    await cena.acabar(conversa);
    expect(cena.enviadas).toEqual(enviadas);
  });

  test.each([['n'], ['\r'], ['\u001b'], ['\u0003']])(
    '%j não envia nada, e o texto fica na linha com o que se tinha digitado',
    async (tecla) => {
      using cena = montar();
      const conversa = cena.prosa.conversar();
      cena.entrada.digitar('meu ', colar('a\nb\n'));
      await cena.ver('  meu a', '  b');
      cena.entrada.digitar(tecla);
      cena.agenda.passar(500);
      if (tecla === '\u0003') cena.entrada.digitar('n');
      cena.clock.avancar(2_000);
      cena.agenda.passar(2_000);
      await cena.ver('Digite a mensagem: meu a', 'b', RODAPE);
      expect(cena.enviadas).toEqual([]);
      cena.entrada.digitar('!\r');
      await cena.ver(...LINHA_VAZIA);
      await cena.acabar(conversa);
      expect(cena.enviadas).toEqual(['meu a\nb!']);
    },
  );

  test('quem é tirado da sala enquanto se pergunta não perde o que colou', async () => {
    using cena = montar();
    const conversa = cena.prosa.conversar();
    cena.entrada.digitar(colar('a\nb'));
    await cena.ver('  a', '  b');
    cena.dialogo.mudouDeLugar();
    await expect(conversa).rejects.toThrow(MudouDeLugar);
    cena.dialogo.recomecar();
    void cena.prosa.conversar().catch(() => {});
    await cena.ver('Digite a mensagem: a', 'b', RODAPE);
  });

  test('o que não cabe numa mensagem só se envia uma linha de cada vez', async () => {
    using cena = montar();
    const conversa = cena.prosa.conversar();
    cena.entrada.digitar(colar(`${'x'.repeat(2_000)}\n${'y'.repeat(2_000)}`));
    await cena.ver(`  ${'y'.repeat(58)}`, `    ${'y'.repeat(56)}`, `    ${'y'.repeat(56)}`, `    ${'y'.repeat(30)}`);
    expect(await emUmaFileira(cena)).toContain('2 linhas, e não cabem numa mensagem: c envia uma de cada vez');
    cena.entrada.digitar('c');
    await cena.ver(...LINHA_VAZIA);
    await cena.acabar(conversa);
    expect(cena.enviadas).toHaveLength(2);
  });

  test.each([
    ['u', [['Ana', 'um\ndois']]],
    [
      'c',
      [
        ['Ana', 'um'],
        ['Ana', 'dois'],
      ],
    ],
  ])('depois de @nome, o que se cola vai só a essa pessoa: %s', async (tecla, enviadas) => {
    using cena = montar();
    const conversa = cena.prosa.conversar();
    cena.entrada.digitar('@ana ', colar('um\ndois'));
    await cena.ver('  @ana um', '  dois');
    cena.entrada.digitar(tecla);
    await cena.ver(...LINHA_VAZIA);
    await cena.acabar(conversa);
    expect(cena.aQuem.map((quem, indice) => [quem, cena.enviadas[indice]])).toEqual(enviadas);
  });

  test('depois de um comando, nada se faz, e o texto fica na linha', async () => {
    using cena = montar();
    const conversa = cena.prosa.conversar();
    cena.entrada.digitar('/sair ', colar('um\ndois'));
    await cena.ver('  /sair um', '  dois');
    cena.entrada.digitar('u');
    await cena.ver(
      'Use: /sair',
      'Digite a mensagem: /sair um',
      'dois',
      '  Geral · 1 pessoa · conectado · /sair: sai da sala',
    );
    expect(cena.feitos).toEqual([]);
    cena.entrada.digitar('\u0015');
    await cena.acabar(conversa);
  });

  test('das linhas coladas, a que se recusa e as que vêm depois ficam para a linha, na ordem', async () => {
    using cena = montar();
    cena.recusa.texto = 'b';
    const conversa = cena.prosa.conversar();
    cena.entrada.digitar(colar('a\nb\n\nc\nd\n'), 'c');
    await cena.ver('Digite a mensagem: b', RODAPE);
    expect(cena.enviadas).toEqual(['a']);
    cena.recusa.texto = '';
    for (const seguinte of ['c', 'd']) {
      cena.entrada.digitar('\r');
      await cena.ver(`Digite a mensagem: ${seguinte}`, RODAPE);
    }
    cena.entrada.digitar('\r');
    await cena.ver('Digite a mensagem:', RODAPE);
    await cena.acabar(conversa);
    expect(cena.enviadas).toEqual(['a', 'b', 'c', 'd']);
  });
});

test('/perdi mostra o que se disse na ausência, da primeira à última, e diz quando não houve nenhuma', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.entrada.digitar('/perdi\r');
  await cena.ver('Você não perdeu nada desde que entrou na sala.', ...LINHA_VAZIA);
  cena.mural.receber([mensagem(8, 'x'), mensagem(300, 'y')], true);
  cena.entrada.digitar('/perdi\r');
  await cena.ver('--- fim: o que se perdeu ---', ...LINHA_VAZIA);
  const vistas = (await cena.fileiras()).join('\n');
  expect(vistas).toMatch(
    /--- 2 novas ---[\s\S]*--- o que se perdeu ---\n.*: a primeira perdida\n.*: a última perdida\n--- fim/,
  );
  await cena.acabar(conversa);
});

test('/rastro mostra as chamadas, e as esconde outra vez, sem sair da conversa', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  const chamar = () => cena.rastro.observador({ tipo: 'chamada', nome: 'listar_salas', url: 'http://servidor:1' });
  chamar();
  cena.entrada.digitar('/rastro\r');
  await cena.ver('Cada chamada aparece; /rastro off as esconde.', ...LINHA_VAZIA);
  chamar();
  await cena.ver('  ~ listar_salas → http://servidor:1', ...LINHA_VAZIA);
  cena.entrada.digitar('/rastro\r');
  await cena.ver('As chamadas não aparecem mais.', ...LINHA_VAZIA);
  chamar();
  cena.entrada.digitar('/rastro json\r');
  await cena.ver('As chamadas não aparecem mais.', 'Cada chamada aparece; /rastro off as esconde.', ...LINHA_VAZIA);
  await cena.acabar(conversa);
});

test('centenas de linhas sem marcas de colagem são enviadas inteiras, na ordem', async () => {
  using cena = montar();
  const linhas = Array.from({ length: 300 }, (_, n) => `linha ${n} com um texto comprido o bastante`);
  const conversa = cena.prosa.conversar();
  const bytes = `${linhas.join('\r')}\r/sair\r`;
  for (let onde = 0; onde < bytes.length; onde += 4_095) cena.entrada.digitar(bytes.slice(onde, onde + 4_095));
  await conversa;
  expect(cena.enviadas).toEqual(linhas);
});

test('o que só o dono da sala pode aparece na lista, com Tab e na ajuda quando a sala é de quem digita', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  const oferecidos = async () =>
    (await cena.fileiras())
      .join(' ')
      .match(/\/[a-z]+/g)
      ?.sort();
  const DE_TODOS = ['/sair', '/sala', '/salas', '/silenciar', '/sino'];
  cena.entrada.digitar('/s');
  await expect.poll(oferecidos).toEqual(['/s', ...DE_TODOS]);
  cena.permissoes.ehDono = true;
  cena.prosa.atualizar();
  await expect.poll(oferecidos).toEqual(['/s', ...DE_TODOS, '/senha'].sort());
  cena.entrada.digitar('\u0015', '/pas\t');
  await cena.ver(
    'Digite a mensagem: /passar',
    '  Geral · 1 pessoa · conectado · /passar nome: dá a sala a',
    '    quem está nela',
  );
  cena.entrada.digitar('\u0015', '/ajuda\r');
  await expect.poll(cena.fileiras).toContain('O dono da sala:');
  cena.permissoes.ehDono = false;
  cena.entrada.digitar('/pas\t');
  await cena.ver('Digite a mensagem: /pas', '  Geral · 1 pessoa · conectado · comando: ninguém lê');
  cena.entrada.digitar('\u0015');
  await cena.acabar(conversa);
});

test('o rodapé diz a quem foi silenciado que ninguém vai ler; cada envio conta o que se soube de poder falar', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.recusa.texto = 'não';
  cena.entrada.digitar('@Ana sim\r', 'não\r');
  // O fim da recusa: antes dela, a linha que se vê ainda é a que se digita.
  await cena.ver('    nela primeiro.', 'Digite a mensagem: não', RODAPE);
  expect(cena.sobreAFala).toEqual([]);
  cena.recusa.tipo = 'SILENCIADO';
  cena.permissoes.silencio = { de: 'voce', dono: 'Beto' };
  cena.entrada.digitar('\r');
  await expect.poll(() => cena.sobreAFala).toEqual(['silenciada em Geral']);
  await cena.ver(
    'Digite a mensagem: não',
    '  Geral · 1 pessoa · conectado · você foi silenciado:',
    '    ninguém vai ler',
  );
  cena.recusa.texto = '';
  cena.entrada.digitar('\r');
  await expect.poll(() => cena.sobreAFala).toEqual(['silenciada em Geral', 'aceita em Geral']);
  await cena.acabar(conversa);
});

test('quem não é dono, e escreve mal um comando do dono, sabe de quem é a sala, e não como se usa', async () => {
  using cena = montar();
  const conversa = cena.prosa.conversar();
  cena.conversa.detalharSala = async () => ({ ...SALA, dono: 'Beto' });
  cena.entrada.digitar('/passar\r');
  await expect.poll(cena.fileiras).toContain('A sala é de Beto: só quem é dono dela pode fazer isso.');
  expect(await cena.fileiras()).not.toContain('Use: /passar nome');
  cena.conversa.detalharSala = async () => ({ ...SALA, dono: 'Ana' });
  cena.entrada.digitar('\r');
  await expect.poll(cena.fileiras).toContain('Use: /passar nome');
  cena.entrada.digitar('\u0015');
  await cena.acabar(conversa);
});
