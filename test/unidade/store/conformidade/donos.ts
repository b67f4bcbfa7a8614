/** As salas com dono: de quem são, o que ele configura, quem ele silencia e expulsa, e as que ficam. */

import { describe, expect, test } from 'vitest';
import { SenhaPedida } from '../../../../src/store/senha-pedida.ts';
import type { Configuracao, Sessao, Store } from '../../../../src/store/store.ts';
import {
  type AbrirBancada,
  acompanhar,
  criarSala,
  entrar,
  enviar,
  esperarRemocaoDeSalas,
  hashDe,
  ler,
  PRAZOS,
  recusa,
  registrar,
  reunir,
  textos,
  UM,
} from './apoio.ts';

const SALA = { nomeSala: 'Geral' };
const MINUTO_MS = 60_000;

function configurar(store: Store, { id }: Sessao, mudancas: Partial<Configuracao>) {
  return store.configurarSala({ ...SALA, sessaoId: id, ...mudancas });
}

function silenciar(store: Store, { id }: Sessao, alvo: string, silenciado = true) {
  return store.silenciar({ ...SALA, sessaoId: id, alvo, silenciado });
}

function expulsar(store: Store, { id }: Sessao, alvo: string, minutos = 10) {
  return store.expulsar({ ...SALA, sessaoId: id, alvo, duracaoMs: minutos * MINUTO_MS });
}

function passar(store: Store, { id }: Sessao, alvo: string) {
  return store.passarSala({ ...SALA, sessaoId: id, alvo });
}

async function donoDe(store: Store, { id }: Sessao): Promise<string | null> {
  return (await store.detalharSala(id, 'Geral')).dono;
}

/** O que SERVER disse na sala, fora quem entrou e quem saiu. */
async function ditas(store: Store, quem: Sessao): Promise<string[]> {
  return textos((await ler(store, quem)).filter(({ origem }) => origem === 'SERVER')).filter(
    (texto) => !/(entrou na|saiu da) sala\.$/.test(texto),
  );
}

export function descreverDonos(abrir: AbrirBancada): void {
  describe('o dono', () => {
    test('é quem cria a sala, dentro ou fora dela', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const detalhes = {
        nomeSala: 'Geral',
        dono: 'Pedro',
        topico: null,
        temSenha: false,
        silenciada: false,
        permanente: false,
        usuarios: 2,
      };
      expect(await store.detalharSala(Pedro.id, 'GERAL')).toEqual(detalhes);
      await store.sair(Pedro.id);
      expect(await store.detalharSala(Pedro.id, 'Geral')).toEqual({ ...detalhes, usuarios: 1 });
      await criarSala(store, Pedro, 'Outra');
      expect(await store.listarSalasComDetalhes()).toEqual([
        { ...detalhes, usuarios: 1 },
        { ...detalhes, nomeSala: 'Outra', usuarios: 0 },
      ]);
      expect(await store.listarSalas()).toEqual([
        { nomeSala: 'Geral', usuarios: 1 },
        { nomeSala: 'Outra', usuarios: 0 },
      ]);
    });

    test('passa, quando a sessão acaba, a quem está há mais tempo, com a mensagem que o diz', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria, Ana } = await reunir(store, 'Geral', 'Pedro', 'Maria', 'Ana');
      // Quem sai e volta está há menos tempo.
      await store.sair(Maria.id);
      await entrar(store, Maria, 'Geral');
      const gravadas = await acompanhar(aberto, Ana);
      await store.encerrar(Pedro.id);
      expect(await donoDe(store, Maria)).toBe('Ana');
      expect(textos(await ler(store, Maria, 0)).slice(-2)).toEqual(['Pedro saiu da sala.', 'A sala agora é de Ana.']);
      await expect.poll(() => gravadas.length).toBe(2);
      expect((await store.listarSalasComDetalhes())[0]).toMatchObject({ dono: 'Ana', usuarios: 2 });
    });

    test('quem está fora também a passa; sem ninguém, fica de quem entrar primeiro', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await store.sair(Pedro.id);
      await store.encerrar(Pedro.id);
      expect(await donoDe(store, Maria)).toBe('Maria');
      await store.sair(Maria.id);
      await store.encerrar(Maria.id);
      const ana = await registrar(store, 'Ana');
      const bia = await registrar(store, 'Bia');
      expect(await donoDe(store, ana)).toBeNull();
      const entrou = await entrar(store, ana, 'Geral');
      expect(textos(entrou.mensagens).slice(-2)).toEqual(['Ana entrou na sala.', 'A sala agora é de Ana.']);
      await entrar(store, bia, 'Geral');
      expect(await donoDe(store, bia)).toBe('Ana');
      await store.encerrar(ana.id);
      expect(await donoDe(store, bia)).toBe('Bia');
    });

    test('de uma sala em que ninguém entrou e cujo dono acabou, passa a quem entra', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const pedro = await registrar(store, 'Pedro');
      await criarSala(store, pedro, 'Geral');
      await store.encerrar(pedro.id);
      // Outro de mesmo nome não é a mesma pessoa.
      const outro = await store.registrar({ nome: 'Pedro', tokenHash: hashDe('outro token de Pedro') });
      expect(await donoDe(store, outro)).toBeNull();
      await recusa(configurar(store, outro, { topico: 'x' }), 'SEM_PERMISSAO');
      await entrar(store, outro, 'Geral');
      expect(await donoDe(store, outro)).toBe('Pedro');
      await configurar(store, outro, { topico: 'x' });
    });

    test('a passa a quem está nela, e só a esse', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await registrar(store, 'Ana');
      await recusa(passar(store, Maria, 'Maria'), 'SEM_PERMISSAO');
      await recusa(passar(store, Pedro, 'Ana'), 'DESTINATARIO_FORA_DA_SALA');
      await recusa(passar(store, Pedro, 'Ninguém'), 'DESTINATARIO_FORA_DA_SALA');
      const gravadas = await acompanhar(aberto, Maria);
      await passar(store, Pedro, 'Pedro');
      expect(await ditas(store, Maria)).toEqual([]);
      await passar(store, Pedro, 'MARIA');
      await expect.poll(() => gravadas).toEqual([expect.objectContaining({ visivelPara: 'todos' })]);
      expect(await store.listarSalasComDetalhes()).toMatchObject([{ dono: 'Maria' }]);
      expect(await ditas(store, Maria)).toEqual(['A sala agora é de Maria.']);
      await recusa(configurar(store, Pedro, { topico: 'x' }), 'SEM_PERMISSAO');
      await configurar(store, Maria, { topico: 'x' });
      await store.encerrar(Maria.id);
      expect(await donoDe(store, Pedro)).toBe('Pedro');
    });

    test('o que se confere: quem chama, a sala, o dono, o alvo, o limite', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await store.entrar({ sessaoId: Maria.id, nomeSala: 'Geral' });
      const cheio = { limite: { maximo: 1, janelaMs: 60_000 } };
      await configurar(store, Pedro, { topico: 'gasta o limite', ...cheio });
      const atos: ((quem: Sessao, nomeSala: string, alvo: string) => Promise<unknown>)[] = [
        ({ id }, nomeSala, alvo) => store.silenciar({ sessaoId: id, nomeSala, alvo, silenciado: true, ...cheio }),
        ({ id }, nomeSala, alvo) => store.expulsar({ sessaoId: id, nomeSala, alvo, duracaoMs: 0, ...cheio }),
        ({ id }, nomeSala, alvo) => store.passarSala({ sessaoId: id, nomeSala, alvo, ...cheio }),
      ];
      for (const agir of atos) {
        await recusa(agir({ ...Pedro, id: 987_654 }, 'Nenhuma', 'Ninguém'), 'NAO_AUTENTICADO');
        await recusa(agir(Maria, 'Nenhuma', 'Ninguém'), 'SALA_NAO_ENCONTRADA');
        await recusa(agir(Maria, 'Geral', 'Ninguém'), 'SEM_PERMISSAO');
        await recusa(agir(Pedro, 'Geral', 'Ninguém'), 'DESTINATARIO_FORA_DA_SALA');
        await recusa(agir(Pedro, 'Geral', 'Maria'), 'LIMITE_EXCEDIDO');
      }
      await recusa(store.configurarSala({ sessaoId: Maria.id, nomeSala: 'Nenhuma', ...cheio }), 'SALA_NAO_ENCONTRADA');
      await recusa(configurar(store, Maria, cheio), 'SEM_PERMISSAO');
      await recusa(configurar(store, Pedro, { topico: 'outro', ...cheio }), 'LIMITE_EXCEDIDO');
      expect((await store.detalharSala(Maria.id, 'Geral')).topico).toBe('gasta o limite');
      for (const agir of [silenciar, expulsar]) await recusa(agir(store, Pedro, 'pedro'), 'SEM_PERMISSAO');
    });
  });

  describe('configurar a sala', () => {
    test('muda o que se diz, e o resto fica; só a mudança se anuncia', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      expect(await configurar(store, Pedro, { topico: 'Prova % de %s', silenciada: true })).toMatchObject({
        dono: 'Pedro',
        topico: 'Prova % de %s',
        silenciada: true,
        temSenha: false,
      });
      await configurar(store, Pedro, { topico: 'Prova % de %s', silenciada: true });
      await configurar(store, Pedro, { senha: 'guardada' });
      expect(await configurar(store, Pedro, {})).toMatchObject({
        topico: 'Prova % de %s',
        silenciada: true,
        temSenha: true,
        usuarios: 2,
      });
      expect(await configurar(store, Pedro, { topico: '', silenciada: false, senha: '' })).toMatchObject({
        topico: null,
        silenciada: false,
        temSenha: false,
      });
      expect(await ditas(store, Maria)).toEqual([
        'Pedro mudou o tópico: Prova % de %s',
        'A sala foi silenciada.',
        'Pedro tirou o tópico.',
        'A sala pode falar de novo.',
      ]);
    });

    test('a senha se pede a quem entra, não a quem está nem ao dono, e só serve a de agora', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const ana = await registrar(store, 'Ana');
      await configurar(store, Pedro, { senha: 'guardada 1' });
      expect((await entrar(store, Maria, 'Geral')).usuarios).toEqual(['Maria', 'Pedro']);
      await store.sair(Pedro.id);
      await entrar(store, Pedro, 'Geral');
      const pedida = await entrar(store, ana, 'Geral').catch((erro: unknown) => erro);
      expect(pedida).toBeInstanceOf(SenhaPedida);
      expect((pedida as SenhaPedida).guardada).toBe('guardada 1');
      expect(JSON.stringify([pedida, (pedida as SenhaPedida).paraOFio(), String(pedida)])).not.toContain('guardada 1');
      const com = (senhaAceita: string, limite = {}) =>
        store.entrar({ sessaoId: ana.id, nomeSala: 'Geral', senhaAceita, ...limite });
      await recusa(com('guardada 0'), 'SENHA_INCORRETA');
      await configurar(store, Pedro, { senha: 'guardada 2' });
      await recusa(com('guardada 1'), 'SENHA_INCORRETA');
      await criarSala(store, ana, 'De Ana', UM);
      await recusa(com('guardada 1', { limite: UM }), 'SENHA_INCORRETA');
      await recusa(com('guardada 2', { limite: UM }), 'LIMITE_EXCEDIDO');
      expect((await com('guardada 2')).usuarios).toEqual(['Ana', 'Maria', 'Pedro']);
    });

    test('quem é recusado fica onde estava, e a recusa não gasta o limite dele', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      const { Ana } = await reunir(store, 'Outra', 'Ana');
      await configurar(store, Pedro, { senha: 'guardada' });
      for (let vez = 0; vez < 3; vez += 1) await recusa(entrar(store, Ana, 'Geral', UM), 'SENHA_INCORRETA');
      expect(await store.listarUsuarios(Ana.id, undefined)).toEqual(['Ana']);
      await configurar(store, Pedro, { senha: '' });
      await entrar(store, Ana, 'Geral', UM);
    });
  });

  describe('o silêncio', () => {
    test('de uma pessoa: lê tudo, e só fala em particular com o dono', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria, Ana } = await reunir(store, 'Geral', 'Pedro', 'Maria', 'Ana');
      await silenciar(store, Pedro, 'maria');
      await silenciar(store, Pedro, 'Maria');
      await recusa(enviar(store, Maria, 'oi'), 'SILENCIADO');
      await recusa(enviar(store, Maria, 'oi', { destinatario: 'Ana' }), 'SILENCIADO');
      await recusa(enviar(store, Maria, 'oi', { destinatario: 'Ninguém' }), 'SILENCIADO');
      await recusa(enviar(store, Maria, 'oi', { limite: UM }), 'SILENCIADO');
      await enviar(store, Maria, 'posso?', { destinatario: 'PEDRO', limite: UM });
      await recusa(enviar(store, Maria, 'oi', { limite: UM }), 'SILENCIADO');
      await recusa(enviar(store, Maria, 'oi', { nomeSala: 'Outra' }), 'SALA_NAO_ENCONTRADA');
      await enviar(store, Ana, 'fala');
      expect(textos(await ler(store, Maria)).at(-1)).toBe('fala');
      await silenciar(store, Pedro, 'Maria', false);
      await silenciar(store, Pedro, 'Maria', false);
      await enviar(store, Maria, 'agora sim');
      expect(await ditas(store, Ana)).toEqual(['Maria foi silenciado.', 'Maria pode falar de novo.']);
    });

    test('vale para a sessão: também depois de sair, de voltar e de reabrir; não para quem toma o nome', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await silenciar(store, Pedro, 'Maria');
      await store.sair(Maria.id);
      await recusa(silenciar(store, Pedro, 'Maria'), 'DESTINATARIO_FORA_DA_SALA');
      await entrar(store, Maria, 'Geral');
      await recusa(enviar(store, Maria, 'oi'), 'SILENCIADO');
      const reaberto = await aberto.reabrir();
      await recusa(enviar(reaberto, Maria, 'oi'), 'SILENCIADO');
      await reaberto.encerrar(Maria.id);
      const outra = await reaberto.registrar({ nome: 'Maria', tokenHash: hashDe('outro token de Maria') });
      await entrar(reaberto, outra, 'Geral');
      await enviar(reaberto, outra, 'oi');
    });

    test('da sala: só o dono fala, e só a ele se fala; ao dono que está fora, o destinatário é que falta', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      const antes = await enviar(store, Maria, 'antes', { chave: 'k' });
      await configurar(store, Pedro, { silenciada: true });
      await recusa(enviar(store, Maria, 'oi', { chave: 'k2' }), 'SILENCIADO');
      expect(await enviar(store, Maria, 'antes', { chave: 'k' })).toEqual({ ...antes, repetida: true });
      await enviar(store, Pedro, 'só eu falo');
      await enviar(store, Maria, 'ao dono', { destinatario: 'Pedro' });
      await store.sair(Pedro.id);
      await recusa(enviar(store, Maria, 'ao dono', { destinatario: 'Pedro' }), 'DESTINATARIO_FORA_DA_SALA');
      await entrar(store, Pedro, 'Geral');
      await passar(store, Pedro, 'Maria');
      await enviar(store, Maria, 'agora eu');
      await recusa(enviar(store, Pedro, 'eu não'), 'SILENCIADO');
      await enviar(store, Pedro, 'só a você', { destinatario: 'Maria' });
      await configurar(store, Maria, { silenciada: false });
      await enviar(store, Maria, 'todos', { chave: 'k2' });
      await enviar(store, Pedro, 'todos');
    });
  });

  describe('a expulsão', () => {
    test('tira da sala, com a sua mensagem, e quem tem esse nome não entra até o prazo', async () => {
      await using aberto = await abrir();
      const { store, passar: passarTempo, emEspera } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      for (const { id } of [Pedro, Maria]) emEspera.add(id);
      const gravadas = await acompanhar(aberto, Pedro);
      await expulsar(store, Pedro, 'MARIA', 1);
      await expect.poll(() => gravadas).toContainEqual(expect.objectContaining({ visivelPara: 'todos' }));
      expect(textos(await ler(store, Pedro, 0)).slice(-1)).toEqual(['Maria foi expulso da sala.']);
      expect(await store.listarUsuarios(Pedro.id, 'Geral')).toEqual(['Pedro']);
      expect((await store.sessoes()).find(({ nome }) => nome === 'Maria')?.sala).toBeNull();
      await recusa(ler(store, Maria), 'FORA_DA_SALA');
      await recusa(enviar(store, Maria, 'oi'), 'FORA_DA_SALA');
      await recusa(store.sair(Maria.id), 'FORA_DA_SALA');
      await expect(entrar(store, Maria, 'Geral')).rejects.toMatchObject({
        tipo: 'EXPULSO',
        detalhes: { tenteEmMs: MINUTO_MS },
      });
      await passarTempo(MINUTO_MS - 5_000);
      await recusa(entrar(store, Maria, 'Geral'), 'EXPULSO');
      await passarTempo(5_000);
      expect((await entrar(store, Maria, 'Geral')).usuarios).toEqual(['Maria', 'Pedro']);
    });

    test('é do nome, dura além de reabrir, e vem antes da senha e do limite', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await expulsar(store, Pedro, 'Maria');
      await configurar(store, Pedro, { senha: 'guardada' });
      await criarSala(store, Maria, 'De Maria', UM);
      await recusa(entrar(store, Maria, 'Geral', UM), 'EXPULSO');
      await store.encerrar(Maria.id);
      const outra = await store.registrar({ nome: 'maria', tokenHash: hashDe('outro token de Maria') });
      await recusa(entrar(store, outra, 'Geral'), 'EXPULSO');
      const reaberto = await aberto.reabrir();
      await recusa(entrar(reaberto, outra, 'Geral'), 'EXPULSO');
      await reunir(reaberto, 'Outra', 'Ana');
      await entrar(reaberto, outra, 'Outra');
    });

    test('com 0 minutos só sai, ou volta a poder entrar; de novo, muda o prazo sem outra mensagem', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro, Maria } = await reunir(store, 'Geral', 'Pedro', 'Maria');
      await expulsar(store, Pedro, 'Maria', 0);
      await recusa(expulsar(store, Pedro, 'Maria', 0), 'DESTINATARIO_FORA_DA_SALA');
      await entrar(store, Maria, 'Geral');
      await expulsar(store, Pedro, 'Maria', 1);
      await expulsar(store, Pedro, 'Maria', 1_440);
      await expect(entrar(store, Maria, 'Geral')).rejects.toMatchObject({ detalhes: { tenteEmMs: 1_440 * MINUTO_MS } });
      await expulsar(store, Pedro, 'Maria', 0);
      await entrar(store, Maria, 'Geral');
      expect(await ditas(store, Pedro)).toEqual(Array(2).fill('Maria foi expulso da sala.'));
    });
  });

  describe('as salas que ficam', () => {
    test('a permanente não se remove, e tem um prazo inteiro quando deixa de o ser', async () => {
      await using aberto = await abrir();
      const { store, emEspera } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      await criarSala(store, Pedro, 'Outra');
      await configurar(store, Pedro, { permanente: true });
      await store.sair(Pedro.id);
      await esperarRemocaoDeSalas(aberto, Pedro);
      await aberto.passar(PRAZOS.salaInativaMs);
      expect(await store.listarSalasComDetalhes()).toMatchObject([{ nomeSala: 'Geral', permanente: true }]);
      await configurar(store, Pedro, { permanente: false });
      emEspera.add(Pedro.id);
      await aberto.passar(PRAZOS.salaInativaMs - 5_000);
      expect(await store.listarSalas()).toHaveLength(1);
      await aberto.passar(8_000);
      expect(await store.listarSalas()).toEqual([]);
    });

    test('continua permanente depois de o dono acabar, e guarda o que tinha', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const { Pedro } = await reunir(store, 'Geral', 'Pedro');
      await configurar(store, Pedro, { permanente: true, topico: 'aula' });
      await enviar(store, Pedro, 'fica');
      await store.encerrar(Pedro.id);
      const ana = await registrar(store, 'Ana');
      await esperarRemocaoDeSalas(aberto, ana);
      const reaberto = await aberto.reabrir();
      expect(await reaberto.listarSalasComDetalhes()).toMatchObject([{ topico: 'aula', dono: null, permanente: true }]);
      const entrou = await entrar(reaberto, ana, 'Geral');
      expect(textos(entrou.mensagens)).toContain('fica');
      expect(await donoDe(reaberto, ana)).toBe('Ana');
    });

    test('cabem 100 de um dono, e a que deixa de o ser dá lugar a outra', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const pedro = await registrar(store, 'Pedro');
      const maria = await registrar(store, 'Maria');
      const fixar = (quem: Sessao, nomeSala: string, permanente = true) =>
        configurar(store, quem, { nomeSala, permanente });
      for (let numero = 0; numero <= 100; numero += 1) await criarSala(store, pedro, `Sala ${numero}`);
      for (let numero = 0; numero < 100; numero += 1) await fixar(pedro, `Sala ${numero}`);
      await recusa(fixar(pedro, 'Sala 100'), 'LIMITE_EXCEDIDO');
      await fixar(pedro, 'Sala 0');
      await criarSala(store, maria, 'De Maria');
      await fixar(maria, 'De Maria');
      await fixar(pedro, 'Sala 0', false);
      await fixar(pedro, 'Sala 100');
      expect((await store.listarSalasComDetalhes()).filter(({ permanente }) => permanente)).toHaveLength(101);
    });

    test('sem prazo, nenhuma se remove', async () => {
      await using aberto = await abrir({ prazos: { ...PRAZOS, salaInativaMs: Number.POSITIVE_INFINITY } });
      const { store } = aberto;
      const pedro = await registrar(store, 'Pedro');
      await criarSala(store, pedro, 'Geral');
      await esperarRemocaoDeSalas(aberto, pedro);
      expect(await store.listarSalas()).toHaveLength(1);
    });

    test('de uma pessoa, e de um endereço, só cabem tantas sem ninguém', async () => {
      await using aberto = await abrir();
      const { store } = aberto;
      const vazias = { porPessoa: 2, porRede: 3 };
      const pedro = await registrar(store, 'Pedro');
      const maria = await registrar(store, 'Maria');
      const criar = ({ id }: Sessao, nomeSala: string, rede = '10.0.0.1') =>
        store.criarSala({ sessaoId: id, nomeSala, rede, vazias });
      await criar(pedro, 'um');
      await criar(pedro, 'dois');
      await recusa(criar(pedro, 'três', '10.0.0.2'), 'LIMITE_EXCEDIDO');
      await recusa(criar(pedro, 'um'), 'SALA_JA_EXISTE');
      await criar(maria, 'quatro');
      await recusa(criar(maria, 'cinco'), 'LIMITE_EXCEDIDO');
      await criar(maria, 'cinco', '10.0.0.2');
      await entrar(store, pedro, 'um');
      await criar(pedro, 'três');
      await esperarRemocaoDeSalas(aberto, pedro, maria);
      await criar(pedro, 'seis');
      await criar(pedro, 'sete');
    });
  });
}
