import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Suspensao } from '../../../../src/cliente/terminal/suspensao.ts';
import { agendaDeTeste } from '../../../suporte/agenda.ts';

/** Um processo de mentira: um SIGTSTP que ninguém ouve o para, se há um shell que pare trabalhos. */
class ProcessoDeTeste extends EventEmitter {
  readonly pid = 42;
  readonly platform: NodeJS.Platform;
  readonly feito: string[] = [];

  constructor(platform: NodeJS.Platform = 'linux') {
    super();
    this.platform = platform;
  }

  kill(pid: number, sinal: NodeJS.Signals): void {
    this.feito.push(`${sinal} a ${pid}${this.listenerCount(sinal) > 0 ? ', ouvido' : ''}`);
  }
}

function montar(platform?: NodeJS.Platform) {
  const processo = new ProcessoDeTeste(platform);
  const { feito } = processo;
  const { agendar, passar } = agendaDeTeste();
  const suspensao = new Suspensao({
    processo,
    agendar,
    aoSuspender: () => feito.push('suspende'),
    aoRetomar: () => feito.push('retoma'),
  });
  return { processo, feito, passar, suspensao };
}

test('Ctrl+Z devolve o terminal e para o grupo inteiro; SIGCONT o retoma', () => {
  const { processo, feito, suspensao, passar } = montar();
  suspensao.suspender();
  expect(feito).toEqual(['suspende', 'SIGTSTP a 0']);
  processo.emit('SIGCONT');
  passar(1_000);
  expect(feito).toEqual(['suspende', 'SIGTSTP a 0', 'retoma']);
  suspensao.suspender();
  expect(feito.slice(3)).toEqual(['suspende', 'SIGTSTP a 0']);
});

test('onde ninguém para trabalhos, o terminal se retoma sozinho', () => {
  const { feito, suspensao, passar } = montar();
  suspensao.suspender();
  suspensao.suspender();
  passar(100);
  expect(feito).toEqual(['suspende', 'SIGTSTP a 0', 'retoma']);
});

test('um SIGTSTP de fora devolve o terminal, e para só este processo', () => {
  const { processo, feito } = montar();
  processo.emit('SIGTSTP');
  expect(feito).toEqual(['suspende', 'SIGTSTP a 42']);
  processo.emit('SIGCONT');
  processo.emit('SIGTSTP');
  expect(feito.slice(2)).toEqual(['retoma', 'suspende', 'SIGTSTP a 42']);
});

test('depois de um SIGSTOP, que não se ouve, SIGCONT retoma', () => {
  const { processo, feito } = montar();
  processo.emit('SIGCONT');
  expect(feito).toEqual(['retoma']);
});

test('no Windows, Ctrl+Z nada faz', () => {
  const { processo, feito, suspensao } = montar('win32');
  suspensao.suspender();
  expect(feito).toEqual([]);
  expect(processo.eventNames()).toEqual([]);
});

test('fechada, não ouve mais nada', () => {
  const { processo, feito, suspensao, passar } = montar();
  suspensao.suspender();
  suspensao.close();
  passar(1_000);
  expect(processo.eventNames()).toEqual([]);
  expect(feito).toEqual(['suspende', 'SIGTSTP a 0']);
});
