/** O exemplo do Prometheus, conferido pelo promtool dele. */

import { join } from 'node:path';
import { expect } from 'vitest';
import { http, resultado } from '../../../scripts/comum/jsonrpc.ts';
import { pastaTemporaria } from '../../../scripts/comum/pasta.ts';
import { iniciarBinder, iniciarServidor } from '../../../scripts/comum/processos.ts';
import { RAIZ } from '../../../scripts/comum/raiz.ts';
import { aprovar, EXEMPLOS, testarCom } from '../../suporte/processos/programas.ts';

const PASTA = join(EXEMPLOS, 'prometheus');
const REGRAS = join(RAIZ, 'test', 'suporte', 'alarmes.yml');

testarCom('promtool', 'o promtool não acha nada a corrigir nas métricas do binder e do servidor', async () => {
  using pasta = pastaTemporaria();
  const argumentos = ['--metricas'];
  await using binder = await iniciarBinder({ argumentos });
  await using servidor = await iniciarServidor(pasta.caminho, binder.url, { argumentos });
  await resultado(servidor.url, 'registrar_usuario', { nomeUsuario: 'Pedro' });
  await resultado(binder.url, 'list_procedures', {});
  for (const { url } of [binder, servidor]) {
    const { corpo } = await http(url, { method: 'GET', caminho: '/metrics' });
    expect(corpo).toContain('chat_chamada_segundos_bucket');
    expect(aprovar('promtool', ['check', 'metrics'], corpo)).toBe('');
  }
});

testarCom('promtool', 'a configuração e as regras do exemplo valem', () => {
  aprovar('promtool', ['check', 'config', join(PASTA, 'prometheus.yml')]);
});

testarCom('promtool', 'cada alarme soa quando deve, e não antes', () => {
  aprovar('promtool', ['test', 'rules', REGRAS]);
});
