import { existsSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ate } from '../../scripts/comum/condicao.ts';
import { chamar, http } from '../../scripts/comum/jsonrpc.ts';
import { estaVivo } from '../../scripts/lancador/processos/pids.js';
import { type CopiaDoCheckout, copiarCheckout } from '../suporte/processos/copia.ts';
import {
  type Ambiente,
  abrirLancador,
  ambienteComPortasLivres,
  type NoTerminal,
  PERGUNTA_DO_NOME,
  pidAnotado,
  processosDe,
  rodarLancador,
} from '../suporte/processos/lancador.ts';
import { aliviarPreparo } from '../suporte/processos/preparo-leve.ts';

/** Instalar e construir do nada, numa máquina ocupada. */
const PRAZO_DO_ZERO_MS = 150_000;
const PRAZO_DE_TESTE_MS = 90_000;
const CTRL_C = '\x03';

/** Deixa `dist/` como está, com a data de agora. */
const SO_RENOVA_AS_DATAS = `import { utimesSync } from 'node:fs';
for (const processo of ['binder', 'server', 'cliente', 'janela']) {
  utimesSync(new URL(\`../dist/\${processo}/main.js\`, import.meta.url), new Date(), new Date());
}
`;

describe('chat_start, num checkout fresco', { timeout: PRAZO_DE_TESTE_MS }, () => {
  let copia: CopiaDoCheckout;
  let ambiente: Ambiente;

  beforeAll(async () => {
    copia = copiarCheckout({ dependencias: false, construida: false });
    aliviarPreparo(copia.raiz);
    ambiente = await ambienteComPortasLivres();
  });
  afterAll(() => copia[Symbol.dispose]());

  function abrir(argumentos: readonly string[] = [], extra: Partial<Parameters<typeof abrirLancador>[0]> = {}) {
    return abrirLancador({ raiz: copia.raiz, ambiente, argumentos, ...extra });
  }

  function rodar(...argumentos: string[]) {
    return rodarLancador({ raiz: copia.raiz, ambiente, argumentos });
  }

  async function pararSeRoda(): Promise<void> {
    if (processosDe(copia.raiz).length > 0) await rodar('parar');
  }

  function pids(): number[] {
    return [pidAnotado(copia.raiz, 'binder'), pidAnotado(copia.raiz, 'servidor')];
  }

  async function responder(cliente: NoTerminal, texto: string, proximo: string): Promise<void> {
    cliente.escrever(`${texto}\r`);
    await cliente.esperarPor(proximo);
  }

  const urlDo = (processo: 'BINDER' | 'SERVIDOR') => `http://127.0.0.1:${ambiente[`CHAT_PORTA_${processo}`]}`;
  const saudeDo = async (processo: 'BINDER' | 'SERVIDOR') =>
    (await http(urlDo(processo), { method: 'GET', caminho: '/saude' })).status;

  describe('sem nada no ar', () => {
    test('estado diz que nada roda, com status 3', async () => {
      const { status, saida } = await rodar('estado');

      expect(status).toBe(3);
      expect(saida).toMatch(/Binder: +não roda/);
      expect(saida).toMatch(/Servidor: +não roda/);
    });
  });

  describe('com o chat no ar', () => {
    let primeiro: NoTerminal;

    beforeAll(async () => {
      const atalho = join(dirname(copia.raiz), 'conversar');
      symlinkSync(join(copia.raiz, 'chat_start.sh'), atalho);
      const deOutraPasta = process.platform === 'win32' ? {} : { programa: atalho, cwd: dirname(copia.raiz) };
      primeiro = abrir([], deOutraPasta);
      await primeiro.esperarPor(PERGUNTA_DO_NOME, PRAZO_DO_ZERO_MS);
    }, PRAZO_DO_ZERO_MS * 2);
    afterAll(pararSeRoda);

    test('a primeira vez instala, constrói e chega à pergunta do nome', () => {
      expect(primeiro.saida()).toContain('Instalando as dependências');
      expect(primeiro.saida()).toContain('Construindo');
      expect(existsSync(join(copia.raiz, 'node_modules', '.package-lock.json'))).toBe(true);
    });

    test.skipIf(process.platform === 'win32')('funciona de outra pasta e por um atalho simbólico', () => {
      expect(existsSync(join(copia.raiz, '.chat', 'binder.json'))).toBe(true);
      expect(existsSync(join(copia.raiz, 'usuarios.json'))).toBe(true);
    });

    test('o binder que se inicia daqui tem um segredo: ninguém mais registra nele', async () => {
      const registro = { procedure_name: 'entrar_sala', address: '127.0.0.1', port: 1 };
      expect((await chamar(urlDo('BINDER'), 'register_procedure', registro)).error?.code).toBe(1002);
    });

    test('quando a pergunta aparece, o servidor responde e o binder conhece todos os seus procedimentos', async () => {
      const documento = await chamar(urlDo('SERVIDOR'), 'rpc.discover');
      for (const { name } of documento.result.methods) {
        const { result } = await chamar(urlDo('BINDER'), 'lookup_procedure', { procedure_name: name });
        expect(result).toMatchObject({ procedure_name: name, port: Number(ambiente['CHAT_PORTA_SERVIDOR']) });
      }
    });

    test('estado diz o que roda, onde e desde quando; o status diz que tudo serve', async () => {
      const { status, saida } = await rodar('estado');

      const [binder, servidor] = pids();
      expect(status).toBe(0);
      expect(saida).toContain(`roda em ${urlDo('BINDER')}, pid ${binder}, desde `);
      expect(saida).toContain(`roda em ${urlDo('SERVIDOR')}, pid ${servidor}, desde `);
      expect(saida).toMatch(/Clientes: +1 /);
    });

    test('a segunda vez só abre mais um cliente, que conversa com o primeiro; Ctrl+C o encerra, com status 0, e deixa o binder e o servidor', async () => {
      const antes = pids();
      const [ana, beto] = [primeiro, abrir(['--nome', 'Beto'])];
      await responder(ana, 'Ana', '4) Encerrar');
      await responder(ana, '1', 'Digite o nome da sala:');
      await responder(ana, 'Praça', 'Enviar mensagem');
      await beto.esperarPor('4) Encerrar');
      await responder(beto, '2', 'Digite o nome da sala:');
      await responder(beto, 'Praça', 'Enviar mensagem');

      await responder(ana, 'Bom dia a todos!', 'Ana: Bom dia a todos!');

      await beto.esperarPor('Ana: Bom dia a todos!');
      expect(pids()).toEqual(antes);
      expect(beto.saida()).not.toMatch(/Instalando|Construindo|Iniciando/);

      beto.escrever(CTRL_C);

      expect(await beto.fim).toBe(0);
      for (const processo of ['BINDER', 'SERVIDOR'] as const) expect(await saudeDo(processo)).toBe(200);
    });

    test('o status de saída é o do cliente, que recebe os argumentos', async () => {
      const cliente = abrir(['--opcao-que-nao-existe']);

      await cliente.esperarPor('opção desconhecida');
      expect(await cliente.fim).toBe(2);
      expect(cliente.saida()).toContain('--opcao-que-nao-existe');
    });

    test('parar encerra clientes, servidor e binder, diz quais, e não deixa processo', async () => {
      const [binder, servidor] = pids();

      const { status, saida } = await rodar('parar');

      expect(status).toBe(0);
      expect(saida).toMatch(/Cliente encerrado \(pid \d+\)/);
      expect(saida).toContain(`Servidor encerrado (pid ${servidor})`);
      expect(saida).toContain(`Binder encerrado (pid ${binder})`);
      await primeiro.fim;
      expect(processosDe(copia.raiz)).toEqual([]);
    });
  });

  describe('a cada vez que se inicia', () => {
    afterAll(pararSeRoda);

    test('com uma fonte mais nova que dist/, duas vezes ao mesmo tempo constroem uma vez e deixam um binder e um servidor', async () => {
      // O que se mostra aqui é quando e quantas vezes se constrói: a construção de verdade já foi feita na primeira vez.
      writeFileSync(join(copia.raiz, 'scripts', 'build.js'), SO_RENOVA_AS_DATAS);
      rmSync(join(copia.raiz, '.chat'), { recursive: true, force: true });
      const amanha = new Date(Date.now() + 86_400_000);
      utimesSync(join(copia.raiz, 'src', 'cliente', 'main.ts'), amanha, amanha);

      const dois = [abrir(), abrir()];
      await Promise.all(dois.map((cliente) => cliente.esperarPor(PERGUNTA_DO_NOME, PRAZO_DE_TESTE_MS)));

      const juntos = dois.map((cliente) => cliente.saida()).join('');
      expect(juntos.split('Construindo o chat').length - 1).toBe(1);
      const processos = processosDe(copia.raiz);
      expect(processos.filter((linha) => linha.includes(join('binder', 'main.js')))).toHaveLength(1);
      expect(processos.filter((linha) => linha.includes(join('server', 'main.js')))).toHaveLength(1);
    });

    test('um servidor que foi morto volta na vez seguinte; parar encerra todos os clientes', async () => {
      const [binder, servidor] = pids() as [number, number];
      process.kill(servidor, 'SIGKILL');
      await ate(() => !estaVivo(servidor), 'o servidor morto');
      expect((await rodar('estado')).status).toBe(3);

      await abrir().esperarPor(PERGUNTA_DO_NOME);

      expect(pids()[0]).toBe(binder);
      expect(pids()[1]).not.toBe(servidor);
      expect(await saudeDo('SERVIDOR')).toBe(200);

      expect((await rodar('parar')).saida.match(/^Cliente encerrado/gm)).toHaveLength(3);
      expect(processosDe(copia.raiz)).toEqual([]);
    });
  });
});
