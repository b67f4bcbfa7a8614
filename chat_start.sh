#!/bin/sh
# Só acha o checkout e o Node.js; o resto está em scripts/iniciar.js, que serve também a chat_start.bat.
set -eu

exigido=20.17

# Um atalho simbólico leva ao checkout de verdade; `readlink -f` não existe em todo sistema.
este=$0
while [ -L "$este" ]; do
  alvo=$(readlink "$este")
  case $alvo in
    /*) este=$alvo ;;
    *) este=$(dirname -- "$este")/$alvo ;;
  esac
done
raiz=$(CDPATH='' cd -- "$(dirname -- "$este")" && pwd -P)

if ! command -v node >/dev/null 2>&1; then
  echo "chat_start: o comando node não foi encontrado; instale o Node.js $exigido ou mais novo: https://nodejs.org" >&2
  exit 1
fi

versao=$(node --version) || exit 1
numeros=${versao#v}
maior=${numeros%%.*}
resto=${numeros#*.}
menor=${resto%%.*}
if [ "$maior" -lt "${exigido%.*}" ] || { [ "$maior" -eq "${exigido%.*}" ] && [ "$menor" -lt "${exigido#*.}" ]; }; then
  echo "chat_start: o Node.js daqui é o $versao; instale o $exigido ou mais novo: https://nodejs.org" >&2
  exit 1
fi

exec node "$raiz/scripts/iniciar.js" "$@"
